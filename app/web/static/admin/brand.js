// Shows the mail anew while the brand is typed, and what is wrong with a colour or an address.
// Without this script the button "Show" does the first, and keeping does the second.
(function () {
  "use strict";
  var form = document.querySelector("[data-brand-form]");
  if (!form || !form.requestSubmit) return;
  var show = form.querySelector("[data-show]");
  var timer = 0;
  var asked = 0;

  function tell(faults) {
    form.querySelectorAll("[data-field]").forEach(function (part) {
      var words = faults[part.dataset.field] || "";
      var line = part.querySelector("[data-live]");
      part.querySelectorAll(".error:not([data-live])").forEach(function (old) { old.remove(); });
      if (!line) {
        line = document.createElement("p");
        line.className = "error";
        line.dataset.live = "";
        line.setAttribute("role", "status");
        part.querySelector(".field").append(line);
      }
      line.textContent = words;
      line.hidden = !words;
    });
  }

  function check() {
    var mine = (asked += 1);
    var typed = new FormData(form);
    typed.delete("logo");
    fetch(form.dataset.check, { method: "POST", body: typed })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (faults) { if (faults && mine === asked) tell(faults); })
      .catch(function () { /* away for a moment: the next key asks again */ });
  }

  function refresh() {
    form.requestSubmit(show);
    check();
  }

  form.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(refresh, 250);
  });
})();
