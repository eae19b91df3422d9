// Shows the weekday only for a weekly schedule, and the time only where there is one.
(function () {
  "use strict";
  var form = document.querySelector("[data-schedule-form]");
  if (!form) return;

  function show() {
    var chosen = form.querySelector('[name="cadence"]:checked');
    var cadence = chosen ? chosen.value : "";
    form.querySelectorAll("[data-only-cadence]").forEach(function (part) {
      part.hidden = cadence !== part.dataset.onlyCadence;
    });
    form.querySelectorAll("[data-not-cadence]").forEach(function (part) {
      part.hidden = cadence === part.dataset.notCadence;
    });
  }

  form.addEventListener("change", show);
  show();
})();
