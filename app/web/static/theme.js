// The switch between light and dark. Loaded in the head before anything is drawn, so that a
// remembered choice never flashes; without one the page follows the system.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      var value = window.localStorage.getItem("theme");
      return value === "dark" || value === "light" ? value : null;
    } catch (refused) {
      return null; // Storage may be switched off; then the choice lasts for this page.
    }
  }

  function remember(value) {
    try {
      window.localStorage.setItem("theme", value);
    } catch (refused) {
      return;
    }
  }

  function isDark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : system.matches;
  }

  function show(button) {
    button.setAttribute("aria-pressed", String(isDark()));
  }

  var first = remembered();
  if (first) root.setAttribute("data-theme", first);

  document.addEventListener("DOMContentLoaded", function () {
    var buttons = document.querySelectorAll("[data-theme-switch]");
    function showAll() {
      buttons.forEach(show);
    }
    buttons.forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var next = isDark() ? "light" : "dark";
        root.setAttribute("data-theme", next);
        remember(next);
        showAll();
      });
    });
    showAll();
    system.addEventListener("change", showAll);
    window.addEventListener("storage", function (event) {
      if (event.key !== "theme") return;
      var chosen = remembered();
      if (chosen) root.setAttribute("data-theme", chosen);
      else root.removeAttribute("data-theme");
      showAll();
    });
  });
})();
