// Watches something that is under way: `watch(address, show)` asks once a second what has become
// of it, and loads the page anew when `show` answers that it has ended, since its buttons change
// with it. Asks nothing while nobody looks, and more and more seldom while the server is away.
// The address is a function, so that a question can bring along what was heard before.
(function () {
  "use strict";
  var PAUSE = 1000;
  var LONGEST_PAUSE = 15000;

  window.watch = function (address, show) {
    var wait = PAUSE;

    function later() {
      window.setTimeout(ask, wait);
    }

    function ask() {
      if (document.hidden) {
        later();
        return;
      }
      fetch(address(), { headers: { Accept: "application/json" }, redirect: "error" })
        .then(function (answer) {
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.json();
        })
        .then(function (now) {
          if (show(now)) {
            window.location.replace(window.location.href);
            return;
          }
          wait = PAUSE;
          later();
        })
        .catch(function () {
          // The server is away or the session has ended.
          wait = Math.min(wait * 2, LONGEST_PAUSE);
          later();
        });
    }

    later();
  };
})();
