// Keeps the time that is left going, second by second, for whatever is less than a day away. What
// lies further off stays in the words that the server wrote.
(function () {
  "use strict";
  var DAY = 86400;

  function clock(seconds, digits) {
    var parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts
      .map(function (part) { return String(part).padStart(2, "0"); })
      .join(":")
      .replace(/[0-9]/g, function (digit) { return digits[Number(digit)]; });
  }

  function show() {
    document.querySelectorAll("[data-countdown]").forEach(function (element) {
      if (!element.due) element.due = performance.now() + Number(element.dataset.countdown) * 1000;
      var left = Math.ceil((element.due - performance.now()) / 1000);
      if (left <= 0 || left >= DAY) return;
      // One direction for the whole clock, whatever the page's.
      var shown = "\u2066" + clock(left, element.dataset.digits) + "\u2069";
      element.textContent = element.dataset.words.replace("{}", shown);
    });
  }

  show();
  window.setInterval(show, 1000);
})();
