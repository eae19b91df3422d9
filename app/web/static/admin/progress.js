// Moves the counts of a running campaign, until its state has changed. Each question brings along
// how far it was half a minute ago, from which the rate is taken.
(function () {
  "use strict";
  var SAMPLES = 30;
  var PARTS = ["sent", "skipped", "failed", "unknown", "deferred"];
  var card = document.querySelector("[data-progress]");
  if (!card) return;
  var samples = [card.dataset.sample];

  function one(name) {
    return card.querySelector("[data-" + name + "]");
  }

  function write(cell, words) {
    if (cell && cell.textContent !== words) cell.textContent = words;
  }

  function showBar(now) {
    var whole = Math.max(now.audience, 1);
    var place = 0;
    PARTS.forEach(function (name) {
      var part = card.querySelector('[data-part="' + name + '"]');
      var width = (now.values[name] * 1000) / whole;
      part.setAttribute("x", place);
      part.setAttribute("width", width);
      place += width;
    });
    one("meter").setAttribute("aria-valuenow", now.settled);
    one("meter").setAttribute("aria-valuetext", now.percent);
  }

  function showPhase(now) {
    var passed = true;
    card.querySelectorAll("[data-phase]").forEach(function (step) {
      var here = step.dataset.phase === now.phase;
      if (here) passed = false;
      step.className = passed ? "done" : "";
      if (here) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
  }

  function show(now) {
    write(one("percent"), now.percent);
    Object.keys(now.words).forEach(function (name) {
      write(card.querySelector('[data-count="' + name + '"]'), now.words[name]);
    });
    write(one("pace"), now.pace);
    write(one("left"), now.left);
    one("pace-line").hidden = !now.pace && !now.left;
    one("trouble").hidden = !now.trouble;
    write(one("trouble-words"), now.trouble);
    showBar(now);
    showPhase(now);
    samples.push(now.sample);
    if (samples.length > SAMPLES) samples.shift();
  }

  window.watch(
    function () { return card.dataset.progress + "?since=" + samples[0]; },
    function (now) {
      if (now.state !== card.dataset.state) return true;
      show(now);
      return false;
    }
  );
})();
