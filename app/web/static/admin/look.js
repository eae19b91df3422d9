// Shows the mail anew while its subject is typed or its design chosen, how much of the lines an
// inbox shows, and takes suggestions. Without this script the buttons "Show" and "Take" do it.
(function () {
  "use strict";
  var form = document.querySelector("[data-look]");
  if (!form || !form.requestSubmit) return;
  var show = form.querySelector("[data-show]");
  var timer = 0;
  show.hidden = true;

  function follow(field) {
    var meter = field.closest(".field").querySelector("[data-meter]");
    if (meter) meter.value = Array.from(field.value).length;
    var shown = form.querySelector('[data-shows="' + field.name + '"]');
    if (shown) shown.textContent = field.value.trim() || shown.dataset.empty;
  }

  form.addEventListener("input", function (event) {
    if (event.target.dataset.length) follow(event.target);
    clearTimeout(timer);
    timer = setTimeout(function () { form.requestSubmit(show); }, 350);
  });

  form.addEventListener("click", function (event) {
    var button = event.target.closest("[data-take]");
    if (!button) return;
    event.preventDefault();
    var field = form.elements[button.dataset.take];
    field.value = button.dataset.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
