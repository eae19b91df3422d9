// Choosing and ordering articles without loading the page anew: presses the page's own buttons in
// the background and puts the answer in place of the lists. Articles can be dragged by their
// handle, or moved with the arrow keys on it. Without this script the buttons do the same.
(function () {
  "use strict";
  var form = document.querySelector("[data-arrange]");
  if (!form || !form.querySelector("[data-region]") || !window.fetch) return;
  var busy = false;
  var waiting = null;

  function region() { return form.querySelector("[data-region]"); }
  function items() { return Array.from(region().querySelectorAll("[data-list] > [data-id]")); }
  function itemOf(id) { return region().querySelector('[data-list] > [data-id="' + id + '"]'); }
  function order() { return items().map(function (item) { return item.dataset.id; }).join(); }

  function ready() {
    region().querySelectorAll("[data-handle]").forEach(function (handle) { handle.hidden = false; });
  }

  function say(id) {
    var item = itemOf(id);
    if (!item) return;
    var headline = item.querySelector("bdi").textContent;
    region().querySelector("[data-said]").textContent =
      headline + ": " + (items().indexOf(item) + 1) + "/" + items().length;
  }

  function focusAfter(deed, id, place) {
    var item = itemOf(id);
    var target = null;
    if (deed === "order" && item) target = item.querySelector("[data-handle]");
    else if (item) {
      target = item.querySelector('[value="' + deed + ":" + id + '"]:not(:disabled)')
        || item.querySelector(".moves button:not(:disabled)");
    } else if (deed === "remove") {
      var rest = items();
      var next = rest[Math.min(place, rest.length - 1)];
      if (next) target = next.querySelector('[value^="remove:"]');
    }
    if (deed === "add") {
      target = region().querySelectorAll('.offers [value^="add:"]:not(:disabled)')[place] || target;
    }
    if (target) target.focus();
    say(id);
  }

  function placeOf(deed, id) {
    if (deed === "add") {
      var adds = Array.from(region().querySelectorAll('.offers [value^="add:"]'));
      return adds.findIndex(function (one) { return one.value === "add:" + id; });
    }
    return items().findIndex(function (one) { return one.dataset.id === id; });
  }

  function press(value) {
    if (busy) {
      waiting = value;
      return;
    }
    busy = true;
    var parts = value.split(":");
    var place = placeOf(parts[0], parts[1]);
    var typed = new FormData(form);
    typed.set("do", parts[0] === "order" ? "order" : value);
    typed.delete("go");
    fetch(form.action, { method: "POST", body: typed })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (page) {
        var fresh = new DOMParser().parseFromString(page, "text/html");
        var lists = fresh.querySelector("[data-region]");
        if (!lists) throw new Error("another page");
        form.elements.version.value = fresh.querySelector('[name="version"]').value;
        var steps = document.querySelector(".making");
        if (steps) steps.replaceWith(fresh.querySelector(".making"));
        region().replaceWith(lists);
        ready();
        busy = false;
        focusAfter(parts[0], parts[1], place);
        if (waiting) {
          var next = waiting;
          waiting = null;
          press(next);
        }
      })
      .catch(function () {
        // The page itself then says what is wrong, with everything that was typed.
        busy = false;
        form.dataset.plain = "1";
        var button = document.createElement("button");
        button.name = "do";
        button.value = parts[0] === "order" ? "order" : value;
        button.hidden = true;
        form.append(button);
        form.requestSubmit(button);
      });
  }

  form.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (form.dataset.plain || !button || button.name !== "do") return;
    event.preventDefault();
    press(button.value);
  });

  form.addEventListener("keydown", function (event) {
    var handle = event.target.closest("[data-handle]");
    if (!handle || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    var item = handle.closest("[data-id]");
    var other = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
    if (!other || busy) return;
    if (event.key === "ArrowUp") other.before(item);
    else other.after(item);
    press("order:" + item.dataset.id);
  });

  form.addEventListener("pointerdown", function (event) {
    var handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0 || busy) return;
    var item = handle.closest("[data-id]");
    var before = order();
    event.preventDefault();
    item.classList.add("dragged");

    function move(at) {
      items().some(function (other) {
        var box = other.getBoundingClientRect();
        if (other === item || at.clientY < box.top || at.clientY > box.bottom) return false;
        var isAbove = items().indexOf(other) < items().indexOf(item);
        var middle = (box.top + box.bottom) / 2;
        if (isAbove && at.clientY < middle) other.before(item);
        if (!isAbove && at.clientY > middle) other.after(item);
        return true;
      });
    }

    function drop() {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", drop);
      document.removeEventListener("pointercancel", drop);
      item.classList.remove("dragged");
      if (order() !== before) press("order:" + item.dataset.id);
    }

    // On the document: an element that moves in the page loses a pointer it has captured.
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", drop);
  });

  ready();
})();
