// Keeps a form from being sent twice by an impatient hand. The server refuses the second one
// anyway; this only spares the editor the refusal.
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    // A button that shows its answer in a frame of this page leaves the form to be gone on with.
    if (event.submitter && event.submitter.hasAttribute("formtarget")) return;
    // What answers with a file leaves the page as it is, and may be asked again.
    if (form.hasAttribute("data-download")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // Disabled only after the browser has read the pressed button's own name and value.
    window.setTimeout(function () {
      form.querySelectorAll("button").forEach(function (button) {
        button.disabled = true;
      });
    });
  });
  // A page that the browser kept in memory comes back as it was left: let its forms work again.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach(function (button) {
        button.disabled = false;
      });
    });
  });
})();
