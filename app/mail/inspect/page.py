"""Reads a rendered mail's HTML as a mailbox would show it: links, pictures, colours, words.

Only inlined styles and attributes count, since those are what every mailbox follows. The
preflight judges what is found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from app.domain.contrast import Colour, contrast, read_colour
from app.domain.preflight import ImageFacts, Passage

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_SILENT = frozenset({"head", "style", "script", "title", "template"})
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.IGNORECASE)
_NAMED: dict[str, Colour] = {"white": (255, 255, 255), "black": (0, 0, 0)}
_LINK_INK: Colour = (0, 0, 238)
_FILLER = re.compile("[\u00a0\u00ad\u034f\u200b-\u200f\u2060\u2066-\u2069\ufeff\\s]+")


@dataclass(kw_only=True, slots=True)
class Page:
    """What a mailbox shows. `links` are (address, visible characters before it)."""

    links: list[tuple[str, int]] = field(default_factory=list)
    images: list[ImageFacts] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    preheader: str = ""

    @property
    def words(self) -> str:
        return " ".join(passage.text for passage in self.passages)


def read_page(html: str) -> Page:
    """What is in the mail. Never raises: whatever is not understood is left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


@dataclass(frozen=True, kw_only=True, slots=True)
class _Box:
    tag: str
    ink: Colour
    paper: Colour
    hidden: bool
    silent: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._seen = 0
        self._boxes = [
            _Box(tag="", ink=(0, 0, 0), paper=(255, 255, 255), hidden=False, silent=False)
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = _style(given.get("style", ""))
        outer = self._boxes[-1]
        inner = _Box(
            tag=tag,
            ink=_ink(tag, given, style) or outer.ink,
            paper=_paper(given, style) or outer.paper,
            hidden=outer.hidden or _is_hidden(style),
            silent=outer.silent or tag in _SILENT,
        )
        if tag == "a" and "href" in given and not inner.hidden:
            self.page.links.append((given["href"].strip(), self._seen))
        elif tag == "img" and not inner.hidden:
            self.page.images.append(_image(given, style))
        if tag not in _VOID:
            self._boxes.append(inner)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._boxes.pop()

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._boxes) - 1, 0, -1):
            if self._boxes[place].tag == tag:
                del self._boxes[place:]
                return

    def handle_data(self, data: str) -> None:
        box = self._boxes[-1]
        text = _FILLER.sub(" ", data).strip()
        if not text or box.silent:
            return
        if not box.hidden:
            self._seen += len(text)
            self.page.passages.append(Passage(text=text, ratio=contrast(box.ink, box.paper)))
        elif not self.page.passages:
            self.page.preheader = f"{self.page.preheader} {text}".strip()


def _image(given: dict[str, str], style: dict[str, str]) -> ImageFacts:
    sized = all(given.get(side, "").isdigit() or side in style for side in ("width", "height"))
    return ImageFacts(url=given.get("src", "").strip(), alt=given.get("alt"), has_size=sized)


def _style(text: str) -> dict[str, str]:
    pairs = (rule.partition(":") for rule in text.split(";"))
    return {
        name.strip().lower(): value.replace("!important", "").strip().lower()
        for name, _, value in pairs
        if value
    }


def _ink(tag: str, given: dict[str, str], style: dict[str, str]) -> Colour | None:
    own = _colour(style.get("color", "")) or _colour(given.get("color", ""))
    return own or (_LINK_INK if tag == "a" and "href" in given and "color" not in style else None)


def _paper(given: dict[str, str], style: dict[str, str]) -> Colour | None:
    names = (style.get("background-color", ""), style.get("background", ""), given.get("bgcolor"))
    return next((found for name in names if name and (found := _colour(name))), None)


def _colour(text: str) -> Colour | None:
    text = text.strip().lower()
    if match := _RGB.fullmatch(text):
        red, green, blue = (min(255, int(part)) for part in match.groups())
        return red, green, blue
    return _NAMED.get(text) or read_colour(text)


def _is_hidden(style: dict[str, str]) -> bool:
    return (
        style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("font-size") in ("0", "0px")
    )
