// Moves the bar of long work.
(function () {
  "use strict";
  var card = document.querySelector("[data-job]");
  if (!card) return;
  var bar = card.querySelector("[data-bar]");

  function show(now) {
    if (now.total) {
      bar.max = now.total;
      bar.value = Math.min(now.done, now.total);
      card.querySelector("[data-percent]").textContent = now.percent;
      card.querySelector("[data-count]").textContent = now.count;
    }
    return now.state !== "waiting" && now.state !== "running";
  }

  window.watch(function () { return card.dataset.job; }, show);
})();
