// Asks the server, while choices are made, for the line that tells what they come to: how many
// readers that is, or how long until then. Without this script a button does it.
(function () {
  "use strict";
  var form = document.querySelector("[data-ask]");
  if (!form || !window.fetch) return;
  var line = form.querySelector("[data-answer]");
  var timer = 0;
  var asked = 0;
  form.querySelectorAll("[data-unscripted]").forEach(function (button) { button.hidden = true; });

  function ask() {
    var mine = (asked += 1);
    var typed = new FormData(form);
    typed.delete("csrf_token");
    line.setAttribute("aria-busy", "true");
    fetch(form.dataset.ask + "?" + new URLSearchParams(typed), { redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (found) {
        if (mine !== asked) return;
        line.textContent = found.words;
        line.removeAttribute("aria-busy");
      })
      .catch(function () { /* away for a moment: the next choice asks again */ });
  }

  form.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  if (!line.textContent.trim()) ask();
})();
