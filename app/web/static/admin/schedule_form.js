// Shows only the fields that belong to the chosen pace and to the way a run goes out, and asks the
// server for the next runs of what is typed. Without it all fields stand there, and the next runs
// are on the page that follows.
(function () {
  "use strict";
  var form = document.querySelector("[data-schedule-form]");
  if (!form) return;
  var runs = form.querySelector("[data-runs]");
  var timer = 0;
  var asked = 0;

  function chosen(name) {
    var box = form.querySelector('[name="' + name + '"]:checked');
    return box ? box.value : "";
  }

  function show() {
    var cadence = chosen("cadence");
    form.querySelectorAll("[data-only-cadence]").forEach(function (part) {
      part.hidden = cadence !== part.dataset.onlyCadence;
    });
    form.querySelectorAll("[data-not-cadence]").forEach(function (part) {
      part.hidden = cadence === part.dataset.notCadence;
    });
    form.querySelectorAll("[data-only-release]").forEach(function (part) {
      part.hidden = chosen("release") !== part.dataset.onlyRelease;
    });
  }

  function lookAhead() {
    var mine = (asked += 1);
    var typed = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (/^(cadence|weekday|days|local_time|own_morning|timezone|segment|release)$/.test(name)) {
        typed.append(name, value);
      }
    });
    fetch(form.dataset.nextRuns + "?" + typed, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (piece) {
        if (piece === null || mine !== asked) return;
        var page = new DOMParser().parseFromString(piece, "text/html");
        runs.replaceChildren.apply(runs, page.body.childNodes);
      })
      .catch(function () { /* away for a moment: the next key asks again */ });
  }

  form.addEventListener("change", show);
  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(lookAhead, 200);
  });
  show();
})();
