// Moves the counts of a running campaign: asks once a second, puts the answer in its place, and
// loads the page anew when the campaign's state has changed, since its buttons change with it.
(function () {
  "use strict";
  var PAUSE = 1000;
  var LONGEST_PAUSE = 15000;
  var PARTS = ["sent", "skipped", "failed", "unknown", "deferred"];
  var card = document.querySelector("[data-progress]");
  if (!card) return;
  var wait = PAUSE;

  function show(now) {
    var whole = Math.max(now.audience, 1);
    var place = 0;
    card.querySelector("[data-percent]").textContent = now.percent;
    card.querySelector("[data-meter]").setAttribute("aria-valuenow", now.settled);
    Object.keys(now.words).forEach(function (name) {
      var cell = card.querySelector('[data-count="' + name + '"]');
      if (cell && cell.textContent !== now.words[name]) cell.textContent = now.words[name];
    });
    card.querySelector("[data-trouble]").hidden = !now.trouble;
    card.querySelector("[data-trouble-words]").textContent = now.trouble;
    PARTS.forEach(function (name) {
      var part = card.querySelector('[data-part="' + name + '"]');
      var width = (now.values[name] * 1000) / whole;
      part.setAttribute("x", place);
      part.setAttribute("width", width);
      place += width;
    });
  }

  function later() {
    window.setTimeout(ask, wait);
  }

  function ask() {
    if (document.hidden) {
      later();
      return;
    }
    fetch(card.dataset.progress, { headers: { Accept: "application/json" }, redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (now) {
        if (now.state !== card.dataset.state) {
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
