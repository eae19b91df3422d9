// Moves the bar of a checklist that is being run.
(function () {
  "use strict";
  var card = document.querySelector("[data-check]");
  if (!card) return;
  var bar = card.querySelector("[data-check-bar]");

  function show(now) {
    if (now.total) {
      bar.max = now.total;
      bar.value = now.done;
      card.querySelector("[data-check-words]").textContent = now.percent;
    }
    return now.state !== "pending" && now.state !== "running";
  }

  window.watch(function () { return card.dataset.check; }, show);
})();
