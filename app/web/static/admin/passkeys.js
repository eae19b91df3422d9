// Speaks with the device about passkeys: a new one on the page of one's own, a login with one.
// Without this script, or a browser that knows passkeys, what needs them stays hidden.
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  // A passkey is bound to a name; at a bare network address there is none.
  if (/^[\d.]+$|^\[/.test(window.location.hostname)) return;

  function bytes(text) {
    var plain = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (one) { return one.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return window.btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function read(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ["excludeCredentials", "allowCredentials"].forEach(function (name) {
      (options[name] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return options;
  }

  function written(credential) {
    var parts = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
      .forEach(function (name) {
        if (credential.response[name]) parts[name] = text(credential.response[name]);
      });
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: parts
    });
  }

  // The answer of the server as data; its words, where it refuses, as an error to be shown.
  function ask(address, form, answer) {
    var body = new FormData(form);
    if (answer) body.set("answer", answer);
    return fetch(address, { method: "POST", body: body }).then(function (response) {
      return response.json().then(function (data) {
        if (response.ok) return data;
        throw { words: data.error };
      });
    });
  }

  document.querySelectorAll("[data-passkey]").forEach(function (form) {
    var problem = form.querySelector("[data-problem]");
    var button = form.querySelector("button");
    var makes = form.dataset.passkey === "create";

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      problem.hidden = true;
      button.disabled = true;
      ask(form.dataset.begin, form)
        .then(function (options) {
          var wanted = { publicKey: read(options) };
          return makes ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted);
        })
        .then(function (credential) { return ask(form.action, form, written(credential)); })
        .then(function (data) { window.location.assign(data.to); })
        .catch(function (error) {
          var known = { NotAllowedError: "cancelled", InvalidStateError: "known" }[error.name];
          problem.textContent = error.words || form.dataset[known] || form.dataset.failed;
          problem.hidden = false;
          button.disabled = false;
        });
    });
    form.hidden = false;
  });
  document.querySelectorAll("[data-no-passkeys]").forEach(function (part) { part.hidden = true; });
})();
