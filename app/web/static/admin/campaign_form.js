// Shows the choice of an article only for an alert. Without this script it is always there.
(function () {
  "use strict";
  var form = document.querySelector("[data-campaign-form]");
  if (!form) return;
  var parts = form.querySelectorAll("[data-only-kind]");

  function show() {
    var chosen = form.querySelector('[name="kind"]:checked');
    parts.forEach(function (part) {
      part.hidden = !chosen || chosen.value !== part.dataset.onlyKind;
    });
  }

  form.addEventListener("change", show);
  show();
})();
