/* What can be told of a page by looking at it from within. Evaluated to an object of functions;
   each returns a list of complaints. */
({
  /* Wider than the screen; a picture that did not come. */
  fit() {
    const root = document.documentElement;
    const told = [];
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.querySelectorAll("body *")]
        .filter((one) => {
          const box = one.getBoundingClientRect();
          return box.width && (box.right > root.clientWidth + 1 || box.left < -1);
        })
        .map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
      told.push(`wider than ${root.clientWidth}: ${wide.slice(0, 6).join(", ")}`);
    }
    for (const picture of document.images)
      if (picture.complete && !picture.naturalWidth) told.push(`no picture: ${picture.src}`);
    return told;
  },

  /* Code and style that stand in the page itself. What its policy does not let run is only a
     broken page; the policy is looked at besides. */
  strict() {
    const parts = document.querySelectorAll("style, [style], script:not([src])");
    const told = [...parts].map((one) => `of its own: ${one.outerHTML.slice(0, 80)}`);
    for (const one of document.querySelectorAll("*"))
      for (const { name, value } of one.attributes)
        if (name.startsWith("on") || /^\s*javascript:/i.test(value))
          told.push(`code in ${one.tagName.toLowerCase()} ${name}`);
    return told;
  },

  /* Smaller than a finger needs, on a phone. Links inside of sentences are as high as their line. */
  targets() {
    const pressed = "button, summary, select, textarea, .button, nav a, label.option, input:not([type=hidden], [type=radio], [type=checkbox])";
    return [...document.querySelectorAll(pressed)]
      .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .away"))
      .filter((one) => one.getBoundingClientRect().height < 43.5)
      .map((one) => `too low for a finger: ${one.outerHTML.slice(0, 120)}`);
  },

  /* A form that was refused: what is wrong is said, and each wrong field points to its error. */
  refused() {
    const told = [];
    const said = document.querySelectorAll("main .error, main .notice.bad");
    if (![...said].some((one) => one.checkVisibility())) told.push("says nothing of what is wrong");
    for (const field of document.querySelectorAll("[aria-invalid=true]")) {
      const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
      if (!ids.some((id) => document.getElementById(id)?.classList.contains("error")))
        told.push(`${field.name} is wrong and does not say why`);
    }
    return told;
  },

  /* The language and direction that the page claims, and one h1 and title on it. */
  claims(language, direction) {
    const root = document.documentElement;
    const told = [];
    if (root.lang !== language) told.push(`lang is ${root.lang}`);
    if (root.dir !== direction) told.push(`dir is ${root.dir}`);
    if (getComputedStyle(document.body).direction !== direction) told.push("looks the other way");
    if (document.querySelectorAll("h1").length !== 1) told.push("not one h1");
    if (!document.title.trim()) told.push("no title");
    return told;
  },

  /* Words of one language that stand in a page of the other. What staff or readers typed is not
     meant: it stands in <bdi>, <code> or <time>, or says its own direction or language. */
  foreign(letters, allowed, attributes) {
    const own = "bdi, option, code, pre, samp, script, style, noscript, iframe, [lang]:not(html), [dir]:not(html)";
    // What is quoted, addresses, names of zones, of settings and of a mail's header lines.
    const names =
      /“[^”]*”|\S+@\S+|https?:\S+|\b[\w-]+(\.[\w-]+)+\b|\b[A-Z]\w+\/\w+|\b[A-Z]+(_[A-Z]+)+\b|\b[A-Z]\w+-[A-Z]\w+/g;
    const word = new RegExp(letters, "gu");
    const known = new Set(allowed);
    const told = new Set();
    const read = (text, where) => {
      const plain = text.replace(names, " ");
      for (const [found] of plain.matchAll(word))
        if (!known.has(found)) told.add(`${found} in ${where}: ${text.trim().slice(0, 80)}`);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!parent.closest(own)) read(walker.currentNode.data, parent.tagName.toLowerCase());
    }
    const labels = attributes.map((name) => `[${name}]`).join();
    for (const one of labels ? document.querySelectorAll(labels) : []) {
      if (one.closest(own)) continue;
      for (const name of attributes) read(one.getAttribute(name) ?? "", name);
    }
    return [...told];
  },

  /* How many steps of the Tab key the largest form of the page takes. From here on, each thing
     that gets the focus is noted, and whether that can be seen. */
  watchFocus() {
    const main = document.querySelector("main");
    const reachable = (one) =>
      one.matches("a[href], button, input, select, textarea, summary, iframe, [tabindex='0']") &&
      !one.disabled && one.tabIndex >= 0 && one.type !== "hidden" && one.checkVisibility();
    const forms = [...main.querySelectorAll("form")].map((form) => ({
      form,
      size: [...form.elements].filter(reachable).length,
    }));
    const largest = forms.sort((a, b) => b.size - a.size)[0];
    if (!largest?.size) return 0;
    const { form } = largest;
    const isSeen = (one) => {
      for (let here = one; here && here !== form; here = here.parentElement) {
        const style = getComputedStyle(here);
        if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
      }
      return false;
    };
    window.seen = { form, told: [], steps: new Set() };
    document.addEventListener("focusin", ({ target }) => {
      if (target === form || !form.contains(target)) return;
      window.seen.steps.add(target);
      const box = target.getBoundingClientRect();
      const name = `${target.tagName.toLowerCase()} ${target.name || target.textContent.trim()}`;
      if (!isSeen(target)) window.seen.told.push(`${name} has the focus and does not show it`);
      if (box.bottom <= 0 || box.top >= innerHeight)
        window.seen.told.push(`${name} has the focus off the screen`);
    });
    // From the form itself the next step is its first part.
    form.tabIndex = -1;
    form.focus();
    // The parts of a date and of a time are steps of their own.
    const parts = { date: 4, time: 4, "datetime-local": 7 };
    return [...form.elements]
      .filter(reachable)
      .reduce((sum, one) => sum + (parts[one.type] ?? 1), 2);
  },

  /* Whether a button of the form was reached, after the keys were pressed. */
  focusTold() {
    const { form, told, steps } = window.seen;
    const presses = [...form.elements].filter((one) => one.type === "submit" && one.checkVisibility());
    if (presses.length && !presses.some((one) => steps.has(one)))
      told.push("the Tab key does not come to the button of the form");
    return told;
  },
})
