// Moves the bar of a checklist that is being run, and loads the page anew when it is done.
(function () {
  "use strict";
  var PAUSE = 700;
  var LONGEST_PAUSE = 10000;
  var card = document.querySelector("[data-check]");
  if (!card) return;
  var wait = PAUSE;

  function later() {
    window.setTimeout(ask, wait);
  }

  function ask() {
    fetch(card.dataset.check, { headers: { Accept: "application/json" }, redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (now) {
        if (now.state !== "pending" && now.state !== "running") {
          window.location.replace(window.location.href);
          return;
        }
        wait = PAUSE;
        if (now.total) {
          var bar = card.querySelector("[data-check-bar]");
          bar.max = now.total;
          bar.value = now.done;
          card.querySelector("[data-check-words]").textContent = now.percent;
        }
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
