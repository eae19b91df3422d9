// Moves the bar of long work: asks once a second, and loads the page anew when it has ended.
(function () {
  "use strict";
  var PAUSE = 1000;
  var LONGEST_PAUSE = 15000;
  var card = document.querySelector("[data-job]");
  if (!card) return;
  var bar = card.querySelector("[data-bar]");
  var wait = PAUSE;

  function show(now) {
    if (!now.total) return;
    bar.max = now.total;
    bar.value = Math.min(now.done, now.total);
    card.querySelector("[data-percent]").textContent = now.percent;
    card.querySelector("[data-count]").textContent = now.count;
  }

  function settled(state) {
    return state !== "waiting" && state !== "running";
  }

  function later() {
    window.setTimeout(ask, wait);
  }

  function ask() {
    if (document.hidden) {
      later();
      return;
    }
    fetch(card.dataset.job, { headers: { Accept: "application/json" }, redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (now) {
        if (settled(now.state)) {
          window.location.reload();
          return;
        }
        wait = PAUSE;
        show(now);
        later();
      })
      .catch(function () {
        // The server is away or the session has ended: ask more and more seldom.
        wait = Math.min(wait * 2, LONGEST_PAUSE);
        later();
      });
  }

  later();
})();
