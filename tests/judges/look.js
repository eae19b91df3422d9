// What a reader sees of a mail that is on the page: every piece of text with its size, its colours
// and its place. A function for the tests that ask about it.
() => {
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const opaque = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const ground = colour(getComputedStyle(at).backgroundColor);
      if (ground.length === 3 || ground[3] === 1) return ground.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const block = (node) => {
    let at = node;
    while (getComputedStyle(at).display.startsWith("inline")) at = at.parentElement;
    return at;
  };
  const inner = (node) => {
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    const edge = (side) =>
      parseFloat(style[`border${side}Width`]) + parseFloat(style[`padding${side}`]);
    return [box.left + edge("Left"), box.right - edge("Right")];
  };
  const lines = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const found = [];
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      const middle = (box.top + box.bottom) / 2;
      const line = found.find(([top, bottom]) => top < middle && middle < bottom);
      if (line) {
        line[2] = Math.min(line[2], box.left);
        line[3] = Math.max(line[3], box.right);
      } else {
        found.push([box.top, box.bottom, box.left, box.right]);
      }
    }
    return found.map(([, , left, right]) => [left, right]);
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || !node.parentElement.getClientRects().length) continue;
    const style = getComputedStyle(node.parentElement);
    const around = block(node.parentElement);
    texts.push({
      text: node.data.trim().slice(0, 60),
      size: parseFloat(style.fontSize),
      colour: colour(style.color).slice(0, 3),
      ground: opaque(node.parentElement),
      block: around.className,
      direction: getComputedStyle(around).direction,
      edges: inner(around),
      lines: lines(around),
    });
  }
  return {
    width: document.documentElement.scrollWidth,
    texts,
    missing_pictures: [...document.images]
      .filter((each) => !each.complete || !each.naturalWidth)
      .map((each) => each.src),
  };
}
