// Shows the box anew when a choice changes, and copies its code. Without this script the button
// "Show" does the first, and the code is marked and copied by hand.
(function () {
  "use strict";
  var form = document.querySelector("[data-looks]");
  if (!form) return;
  var asked = 0;

  function ready(root) {
    root.querySelectorAll("[data-copy]").forEach(function (button) { button.hidden = false; });
  }

  function marked(field) {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    var field = document.getElementById(button.dataset.copy);
    var words = button.dataset.words || (button.dataset.words = button.textContent);
    var copied = navigator.clipboard
      ? navigator.clipboard.writeText(field.value).catch(function () { return marked(field); })
      : Promise.resolve(marked(field));
    copied.then(function () {
      button.textContent = button.dataset.copied;
      window.setTimeout(function () { button.textContent = words; }, 2000);
    });
  });

  form.addEventListener("change", function () {
    var mine = (asked += 1);
    var address = form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
    fetch(address, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (text) {
        if (text === null || mine !== asked) return;
        var piece = new DOMParser().parseFromString(text, "text/html").querySelector("[data-shown]");
        if (!piece) return;
        ready(piece);
        document.querySelector("[data-shown]").replaceWith(piece);
        window.history.replaceState(null, "", address);
      })
      .catch(function () { /* away for a moment: the button "Show" asks again */ });
  });

  form.querySelector("[data-show]").hidden = true;
  ready(document);
})();
