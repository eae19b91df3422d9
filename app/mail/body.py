"""An article's body as a mail shows it: its sanitised HTML cut into blocks, each styled anew.

Nothing of the source's markup goes through. A small set of elements is recognised and written
again with the mail's own classes; every other element is dropped and its text kept, scripts and
styles with their content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

from app.domain.bidi import Direction, isolated_line
from app.mail.clean import clean_text, web_url
from app.mail.pictures import TEXT, size_in_text
from app.mail.typeset import typeset


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block: `kind` is p, h2, h3, ul, ol, quote, caption or picture."""

    kind: str
    html: Markup
    text: str


_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "blockquote", "figure", "table", "tr", "pre"}
)
_LISTS = frozenset({"ul", "ol"})
_INLINE = {"strong": "strong", "b": "strong", "em": "strong", "i": "strong"}
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "math", "title"})


def article_body(html: str, base: Direction) -> tuple[Block, ...]:
    """The blocks of a body in their order. Foreign runs are isolated for the direction `base`."""
    reader = _Reader(base)
    reader.feed(html)
    reader.close()
    reader.end_block()
    return tuple(reader.blocks)


@dataclass(slots=True)
class _Line:
    """What is being collected: the inside of one paragraph, heading or list item."""

    html: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def close(self, element: str = "") -> None:
        """Closes what stands open, down to `element` (everything when it is empty)."""
        if element and element not in (name for name, _ in self.open):
            return
        while self.open:
            name, address = self.open.pop()
            self.html.append(f"</{name}>")
            if address:
                self.addresses.append(address)
            if name == element:
                return

    def is_empty(self) -> bool:
        return not "".join(self.text).strip()


class _Reader(HTMLParser):
    def __init__(self, base: Direction) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._base = base
        self._line = _Line()
        self._heading = ""
        self._quotes = 0
        self._caption = False
        self._silent: list[str] = []
        self._lists: list[str] = []
        self._items: list[_Line] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent or tag in _SILENT:
            self._silent.append(tag)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture({name: value or "" for name, value in attrs})
        elif tag == "a":
            self._link(web_url(dict(attrs).get("href") or ""))
        elif tag in _INLINE:
            self._line.open.append((_INLINE[tag], ""))
            self._line.html.append(f"<{_INLINE[tag]}>")
        else:
            self._begin(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "img"):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
        elif tag == "a" or tag in _INLINE:
            self._line.close(_INLINE.get(tag, tag))
        elif tag == "blockquote":
            self.end_block()
            self._quotes = max(0, self._quotes - 1)
        elif tag in _LISTS:
            self._end_list()
        elif tag == "li":
            self._end_item()
        elif tag in _BLOCKS or tag in _HEADINGS or tag == "figcaption":
            self.end_block()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = re.sub(r"\s+", " ", clean_text(data, keep_edges=True))
        self._line.html.append(typeset(text, self._base, is_part=True))
        self._line.text.append(text)

    def end_block(self) -> None:
        """What was collected becomes a block, inside a list an item."""
        if self._lists:
            self._end_item()
            return
        line, heading, caption = self._line, self._heading, self._caption
        self._line, self._heading, self._caption = _Line(), "", False
        line.close()
        if line.is_empty():
            return
        kind = heading or ("caption" if caption else "quote" if self._quotes else "p")
        html, text = _trimmed("".join(line.html)), self._plain(line)
        self.blocks.append(_block(kind, html, text, self._base))

    def _begin(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.end_block()
            self._heading = _HEADINGS[tag]
        elif tag in _LISTS:
            if not self._lists:
                self.end_block()
            self._lists.append(tag)
        elif tag == "li":
            self._end_item()
        elif tag in _BLOCKS or tag == "figcaption":
            self.end_block()
            self._quotes += tag == "blockquote"
            self._caption = tag == "figcaption"

    def _break(self) -> None:
        """A line's end; two in a row are how some feeds write a paragraph's end."""
        line = self._line
        before = next((piece for piece in reversed(line.html) if not piece.isspace()), "")
        if before == "<br>" and not self._lists and not line.open:
            self.end_block()
            return
        line.html.append("<br>")
        line.text.append("\n")

    def _link(self, address: str) -> None:
        self._line.close("a")
        if address:
            self._line.open.append(("a", address))
            self._line.html.append(f'<a class="inline" href="{escape(address)}">')

    def _picture(self, attributes: dict[str, str]) -> None:
        address = web_url(attributes.get("src", ""))
        if not address or self._lists or _is_pixel(attributes):
            return
        self.end_block()
        alt = clean_text(attributes.get("alt", ""))
        size = size_in_text(attributes.get("width", ""), attributes.get("height", ""))
        narrow = f' style="max-width:{size.width}px;"' if size.width < TEXT else ""
        html = (
            f'<img class="wide" src="{escape(address)}" alt="{escape(alt)}" '
            f'width="{size.width}" height="{size.height}"{narrow}>'
        )
        self.blocks.append(_block("picture", html, "", self._base))

    def _end_item(self) -> None:
        line, self._line = self._line, _Line()
        line.close()
        if not line.is_empty():
            self._items.append(line)

    def _end_list(self) -> None:
        if not self._lists:
            return
        self._end_item()
        kind = self._lists.pop()
        if self._lists or not self._items:
            return
        items, self._items = self._items, []
        html = "".join(
            f'<li class="item" dir="{self._base}">{_trimmed("".join(item.html))}</li>'
            for item in items
        )
        texts = [self._plain(item, mark="• ") for item in items]
        self.blocks.append(_block(kind, html, "\n".join(texts), self._base))

    def _plain(self, line: _Line, mark: str = "") -> str:
        """The line's text, and below it the addresses of its links, each on a line of its own."""
        rows = [row.strip() for row in "".join(line.text).split("\n")]
        shown = [
            isolated_line((mark if at == 0 else "") + row, self._base)
            for at, row in enumerate(rows)
            if row
        ]
        return "\n".join([*shown, *line.addresses])


def _trimmed(html: str) -> str:
    """Without white space and line breaks at the edges."""
    return re.sub(r"\A(?:\s|<br>)+|(?:\s|<br>)+\Z", "", html)


def _is_pixel(attributes: dict[str, str]) -> bool:
    """Whether a picture is too small to be seen: it is there to count readers."""
    sides = (attributes.get(name, "").strip().removesuffix("px") for name in ("width", "height"))
    return any(side.isdecimal() and int(side) < 16 for side in sides)


def _block(kind: str, inner: str, text: str, base: Direction) -> Block:
    attributes = f'class="body-{kind}" dir="{base}"'
    if kind in ("h2", "h3", "ul", "ol"):
        html = f"<{kind} {attributes}>{inner}</{kind}>"
    elif kind == "picture":
        html = f"<div {attributes}>{inner}</div>"
    else:
        html = f"<p {attributes}>{inner}</p>"
    return Block(kind=kind, html=Markup(html), text=text)  # noqa: S704
