// Shows the choice of an article only for an alert, and that of a design not for an
// announcement, which has one only. Without this script both are always there.
(function () {
  "use strict";
  var form = document.querySelector("[data-campaign-form]");
  if (!form) return;
  var parts = form.querySelectorAll("[data-only-kind]");
  var others = form.querySelectorAll("[data-not-kind]");

  function show() {
    var chosen = form.querySelector('[name="kind"]:checked');
    parts.forEach(function (part) {
      part.hidden = !chosen || chosen.value !== part.dataset.onlyKind;
    });
    others.forEach(function (part) {
      part.hidden = !!chosen && chosen.value === part.dataset.notKind;
    });
  }

  form.addEventListener("change", show);
  show();
})();
