// Lets the times until something goes out run, on home and on the page of a campaign: hours,
// minutes and seconds within a day before it.
// The server's clock counts, whatever this machine's says.
(function () {
  "use strict";
  var DAY = 24 * 3600;
  var timers = document.querySelectorAll("[data-until]");
  if (!timers.length) return;
  var began = performance.now();

  function two(value, zero) {
    return String(value).padStart(2, "0").replace(/\d/g, function (digit) {
      return String.fromCharCode(zero.charCodeAt(0) + Number(digit));
    });
  }

  function show(timer) {
    var data = timer.dataset;
    var passed = (performance.now() - began) / 1000;
    var left = Math.round((Date.parse(data.until) - Date.parse(data.now)) / 1000 - passed);
    if (left <= 0 || left > DAY) return;
    var parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    var clock = parts
      .map(function (part) {
        return two(part, data.zero);
      })
      .join(":");
    timer.textContent = data.words.replace("{}", "\u2066" + clock + "\u2069");
  }

  function all() {
    timers.forEach(show);
  }

  all();
  window.setInterval(all, 1000);
})();
