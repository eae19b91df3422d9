"""The body of an article as a flat list of blocks, whatever boxes it came in.

Feeds wrap paragraphs in divs, separate them by two `<br>`, put pictures into links into
paragraphs. Here all of it becomes p, h2, h3, blockquote, ul, ol and figure, one after another.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html
from lxml.html import builder

from app.domain.article import one_line, without_unseen
from app.feeds.clutter import Element, picture, take_out_clutter
from app.feeds.sanitise import tidy
from app.feeds.web_address import absolute_url

MAX_DEPTH = 60
MAX_HTML = 300_000
"""Characters of one body; what is longer is cut, since nobody writes it and parsing it is slow."""

_TEXT_BLOCKS = {
    "p": "p", "pre": "p", "dt": "p", "dd": "p", "tr": "p", "address": "p", "caption": "p",
    "summary": "p", "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3",
}  # fmt: skip
_BOXES = {
    "div", "section", "article", "main", "header", "footer", "aside", "center", "body",
    "details", "dl", "table", "thead", "tbody", "tfoot",
}  # fmt: skip
_INLINE = {"a": "a", "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em"}
_AFTER = {"td": " ", "th": " "}
"""What keeps the words of two cells of a row apart."""

_SPACE = re.compile(r"\s+")


def parse_body(text: str) -> Element:
    """The tidied tree of a body; plain text gets its paragraphs from its empty lines."""
    if not re.search(r"<[a-zA-Z/!]", text):
        lines = [line for line in re.split(r"\n\s*\n|\r\n\s*\r\n", text) if line.strip()]
        text = "".join(f"<p>{line}</p>" for line in lines)
    root = lxml_html.fragment_fromstring(tidy(text[:MAX_HTML]), create_parent="div")
    take_out_clutter(root)
    return root


def text_of(element: Element) -> str:
    """What a reader sees of it, on one line."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append(" " if node.tag == "br" else node.text or "")
        elif node is not element:
            parts.append(node.tail or "")
    return one_line("".join(parts))


def flatten(root: Element, base: str) -> list[Element]:
    """The blocks of `root`; every address in them is absolute and http or https."""
    flat = _Flat(base)
    flat.box(root, 0)
    flat.close()
    return flat.blocks


class _Flat:
    def __init__(self, base: str) -> None:
        self.base = base
        self.blocks: list[Element] = []
        self._open: Element | None = None
        self._breaks = 0

    def box(self, node: Element, depth: int) -> None:
        self._text(node.text)
        for child in node:
            self._child(child, depth + 1)
            self._text(child.tail)

    def _child(self, node: Element, depth: int) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if depth > MAX_DEPTH:
            self._text(str(node.text_content()))
        elif tag in _BOXES:
            self.close()
            self.box(node, depth)
            self.close()
        elif tag in _TEXT_BLOCKS:
            self._block(node, _TEXT_BLOCKS[tag], depth)
        elif tag in ("ul", "ol", "blockquote"):
            self._nested(node, tag, depth)
        elif tag == "figure":
            self._figure(node)
        elif tag == "hr":
            self.close()
        elif tag == "br":
            self._breaks += 1
        elif tag == "img":
            self._picture(node)
        elif tag in _INLINE and not _holds_block(node):
            self._inline(node, tag)
        else:
            self.box(node, depth)
            self._text(_AFTER.get(tag))

    def _block(self, node: Element, tag: str, depth: int) -> None:
        self.close()
        self._open = _start(tag, node)
        self.box(node, depth)
        self.close()

    def _nested(self, node: Element, tag: str, depth: int) -> None:
        """A list or a quotation: its inside is flattened by itself, pictures follow it."""
        self.close()
        made = _start(tag, node)
        parts = node.iterchildren("li") if tag != "blockquote" else [node]
        for part in parts:
            inner = _Flat(self.base)
            inner.box(part, depth + 1)
            inner.close()
            texts = [block for block in inner.blocks if block.tag != "figure"]
            if tag == "blockquote":
                made.extend(texts)
            elif texts:
                made.append(_list_item(texts))
            self.blocks.extend(block for block in inner.blocks if block.tag == "figure")
        if len(made):
            self.blocks.append(made)

    def _figure(self, node: Element) -> None:
        self.close()
        caption = next(node.iter("figcaption"), None)
        words = text_of(caption) if caption is not None else ""
        pictures = list(node.iter("img"))
        for image in pictures:
            self._picture(image, words if image is pictures[0] else "")
        if not pictures:
            self.box(node, MAX_DEPTH - 1)
            self.close()

    def _picture(self, node: Element, caption: str = "") -> None:
        made = picture(node, self.base)
        if made is None:
            return
        kept, self._open = self._open, None
        figure = builder.FIGURE(made)
        if caption:
            figure.append(builder.FIGCAPTION(caption))
        if kept is not None and not text_of(kept):
            self._open = kept
        elif kept is not None:
            self._open = kept
            self.close()
            self._open = _start(kept.tag, kept)
        self.blocks.append(figure)

    def _inline(self, node: Element, tag: str) -> None:
        pictures = list(node.iter("img"))
        if text_of(node):
            self._before()
            self._opened().append(_inline_copy(node, _INLINE[tag], self.base))
        for image in pictures:
            self._picture(image)

    def _text(self, text: str | None) -> None:
        if not text or (self._open is None and not text.strip()):
            return
        if text.strip():
            self._before()
        append_text(self._opened(), text)

    def _before(self) -> None:
        """Two breaks or more end a paragraph, one stays inside of it."""
        breaks, self._breaks = self._breaks, 0
        if breaks > 1 and self._open is not None:
            tag = self._open.tag
            self.close()
            self._open = _start(tag, None)
        elif breaks == 1 and self._open is not None and _has_begun(self._open):
            self._open.append(builder.BR())

    def _opened(self) -> Element:
        if self._open is None:
            self._open = _start("p", None)
        return self._open

    def close(self) -> None:
        made, self._open, self._breaks = self._open, None, 0
        if made is not None and text_of(made):
            _trim(made)
            self.blocks.append(made)


def append_text(element: Element, text: str) -> None:
    """Adds clean text at the end of an element, whitespace folded."""
    folded = _SPACE.sub(" ", without_unseen(text))
    last = next(element.iterchildren(reversed=True), None)  # len() would walk all children
    if last is not None:
        last.tail = _joined(last.tail, folded)
    else:
        element.text = _joined(element.text, folded)


def _joined(before: str | None, text: str) -> str:
    if not before:
        return text
    return before + (text.lstrip(" ") if before.endswith(" ") else text)


def _has_begun(element: Element) -> bool:
    """Whether text or an element is in it already; cheaper than reading all of it."""
    return bool((element.text or "").strip()) or next(element.iterchildren(), None) is not None


def _start(tag: str, like: Element | None) -> Element:
    made = lxml_html.Element(tag)
    direction = like.get("dir") if like is not None else None
    if direction:
        made.set("dir", direction)
    return made


def _inline_copy(node: Element, tag: str, base: str, depth: int = 0) -> Element:
    made = lxml_html.Element(tag)
    if tag == "a":
        href = absolute_url(node.get("href", ""), base)
        if not href:
            made = lxml_html.Element("span")  # not let through later: only its text stays
        else:
            made.set("href", href)
    append_text(made, node.text or "")
    for child in node:
        kind = child.tag if isinstance(child.tag, str) else ""
        if kind == "br":
            made.append(builder.BR())
        elif kind in _INLINE and depth < MAX_DEPTH:
            made.append(_inline_copy(child, _INLINE[kind], base, depth + 1))
        elif kind != "img":
            append_text(made, str(child.text_content()))
        append_text(made, child.tail or "")
    return made


def _list_item(texts: list[Element]) -> Element:
    """Several paragraphs of one point become one, with breaks between."""
    item = lxml_html.Element("li")
    for index, block in enumerate(texts):
        if index:
            item.append(builder.BR())
        append_text(item, block.text or "")
        item.extend(list(block))
    return item


def _holds_block(node: Element) -> bool:
    return any(
        isinstance(child.tag, str) and (child.tag in _BOXES or child.tag in _TEXT_BLOCKS)
        for child in node.iterdescendants()
    )


def _trim(element: Element) -> None:
    element.text = (element.text or "").lstrip()
    if len(element) and element[-1].tail:
        element[-1].tail = element[-1].tail.rstrip()
    elif not len(element):
        element.text = element.text.rstrip()
