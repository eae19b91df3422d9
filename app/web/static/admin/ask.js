// Asks the server, while choices are made, for the line that tells what they come to: how many
// readers that is, or how long until then. Without this script a button does it. An answer that
// takes long is waited for in plain sight: the line never tells of choices made before.
(function () {
  "use strict";
  var LONG = 300;
  var form = document.querySelector("[data-ask]");
  if (!form || !window.fetch) return;
  var line = form.querySelector("[data-answer]");
  var timer = 0;
  var asked = 0;
  form.querySelectorAll("[data-unscripted]").forEach(function (button) { button.hidden = true; });

  function tell(words) {
    line.textContent = words;
    line.removeAttribute("aria-busy");
  }

  function ask() {
    var mine = (asked += 1);
    var typed = new FormData(form);
    typed.delete("csrf_token");
    line.setAttribute("aria-busy", "true");
    var waiting = setTimeout(function () {
      if (mine === asked) line.textContent = line.dataset.busy;
    }, LONG);
    fetch(form.dataset.ask + "?" + new URLSearchParams(typed), { redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (found) {
        if (mine === asked) tell(found.words);
      })
      .catch(function () {
        if (mine === asked) tell(line.dataset.away);
      })
      .finally(function () { clearTimeout(waiting); });
  }

  form.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  if (!line.textContent.trim()) ask();
})();
