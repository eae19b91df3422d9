// Chooses all readers of a page, counts a filter's readers exactly while it is changed, and goes
// on to look through all readers where a list takes longer than a page should. Without it, the
// buttons and links do the same.
(function () {
  "use strict";
  var later = document.querySelector("[data-later]");
  if (later) window.location.replace(later.dataset.later);

  var all = document.querySelector("[data-pick-all]");
  if (all) {
    var picks = document.querySelectorAll("input[name=reader][form=chosen]");
    all.disabled = false;
    all.addEventListener("change", function () {
      picks.forEach(function (pick) {
        pick.checked = all.checked;
      });
    });
  }

  var form = document.querySelector("form[data-count]");
  if (!form) return;
  var output = form.querySelector("[data-counted]");
  var timer = 0;
  var asked = 0;

  function count() {
    var mine = ++asked;
    var query = new URLSearchParams(new FormData(form));
    fetch(form.dataset.count + "?" + query, { headers: { Accept: "application/json" } })
      .then(function (answer) {
        return answer.json().then(function (found) {
          if (mine !== asked) return;
          output.hidden = false;
          output.textContent = answer.ok
            ? output.dataset.words
                .replace("{readers}", found.words)
                .replace("{sendable}", found.sendable_words)
            : found.errors.join(" ");
        });
      })
      .catch(function () {
        if (mine === asked) output.hidden = true;
      });
  }

  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(count, 400);
  });
})();
