// Tells the sign-up form the browser's time zone, for mails that come in the reader's own morning.
(function () {
  "use strict";
  document.querySelectorAll("[data-browser-zone]").forEach(function (field) {
    try {
      field.value = field.value || Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    } catch (unknown) {
      return; // An old browser does not tell; then the reader lives where the site does.
    }
  });
})();
