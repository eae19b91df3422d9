// The menu of a phone closes by the Escape key, which gives the focus back to its button, and by a
// touch beside it. Without this script its button closes it.
(function () {
  "use strict";
  var menu = document.querySelector("details.menu");
  if (!menu) return;
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", function (event) {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
})();
