// Shows the buttons that copy a text, and lets them. Without a clipboard (plain http) the text is
// selected instead, so that one more key copies it.
(function () {
  "use strict";

  function select(button) {
    var range = document.createRange();
    range.selectNodeContents(button.parentNode.querySelector("code"));
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      if (!navigator.clipboard) {
        select(button);
        return;
      }
      navigator.clipboard.writeText(button.dataset.copy).then(
        function () {
          button.textContent = button.dataset.done;
          window.setTimeout(function () {
            button.textContent = words;
          }, 2000);
        },
        function () {
          select(button);
        },
      );
    });
  });
})();
