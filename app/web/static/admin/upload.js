// Says that a file is too large before it is sent. The server says it too, but only afterwards.
(function () {
  "use strict";
  var form = document.querySelector("[data-upload]");
  var file = form && form.querySelector("input[type=file]");
  if (!file) return;
  file.addEventListener("change", function () {
    var chosen = file.files[0];
    var large = chosen && chosen.size > Number(file.dataset.most);
    file.setCustomValidity(large ? form.dataset.tooLarge : "");
    if (large) file.reportValidity();
  });
})();
