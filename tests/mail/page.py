"""Reads a mail's HTML as a strict proof-reader: every rule that an Arabic mail must keep."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "img", "br"})
_FORBIDDEN_CSS = re.compile(
    r"flex|grid|var\(|-inline-|-block-|inset|letter-spacing|text-transform|italic|@import|url\("
    r"|(?:^|;)\s*(?:margin|padding|background)\s*:"
)

_FORBIDDEN_TAGS = frozenset(
    {"script", "svg", "link", "iframe", "form", "object", "em", "i", "bdi", "style"}
)


@dataclass
class Page:
    """What was found: problems, and the parts that tests look at."""

    problems: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    text: str = ""
    first_text: str = ""
    title: str = ""


def proofread(html: str, *, base: str) -> Page:
    reader = _Reader(base)
    reader.feed(html)
    reader.close()
    page = reader.page
    if page.headings.count("h1") != 1 or page.headings[0] != "h1":
        page.problems.append(f"headings: {page.headings}")
    if not page.title.strip():
        page.problems.append("no title")
    if re.search(r"&#|&nbsp;", html):
        page.problems.append("an entity where a character should stand")
    return page


def contrast(one: str, other: str) -> float:
    """WCAG 2: the ratio of two colours such as #8e1b2d."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class _Reader(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._base = base
        self._open: list[str] = []
        self._styles: list[dict[str, str]] = [{"background-color": "#ffffff", "color": "#000000"}]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        style = {
            name.strip(): value.strip()
            for name, _, value in (rule.partition(":") for rule in got.get("style", "").split(";"))
            if value
        }
        self._check(tag, got, style)
        if tag in _VOID:
            return
        self._open.append(tag)
        inherited = {
            name: self._styles[-1][name]
            for name in ("color", "background-color", "font-size", "line-height", "direction")
            if name in self._styles[-1]
        }
        self._styles.append({**inherited, **style})

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self._say(f"</{tag}> closes nothing")
        self._styles.pop()

    def handle_data(self, data: str) -> None:
        page = self.page
        if "title" in self._open:
            page.title += data
        if "body" not in self._open or not data.strip():
            return
        page.first_text = page.first_text or data
        page.text += data
        style = self._styles[-1]
        size = style.get("font-size", "")
        if not size.endswith("px") or float(size[:-2]) < 16:
            self._say(f"font-size {size!r}: {data!r}")
        if not 1.7 <= float(style.get("line-height", "0")) <= 1.8:
            self._say(f"line-height: {data!r}")
        if contrast(style["color"], style["background-color"]) < 4.5:
            self._say(f"contrast: {data!r}")

    def _check(self, tag: str, got: dict[str, str], style: dict[str, str]) -> None:
        if tag in ("html", "body", "table", "td"):
            self._check_direction(tag, got, style)
        if tag == "td" and not ("align" in got and "Tahoma" in style.get("font-family", "")):
            self._say("<td> without align or its fonts")
        if tag == "table" and got.get("role") != "presentation":
            self._say("<table> without role=presentation")
        if _FORBIDDEN_CSS.search(got.get("style", "")):
            self._say(f"style: {got['style']}")
        if (tag in _FORBIDDEN_TAGS and "head" not in self._open) or any(
            name.startswith("on") for name in got
        ):
            self._say(f"<{tag} {' '.join(got)}>")
        if tag in ("h1", "h2", "h3"):
            self.page.headings.append(tag)
        if tag == "a":
            self._address(got.get("href", ""), self.page.links)
        if tag == "img":
            self._address(got.get("src", ""), self.page.images)
            if not (got.get("alt") and got.get("width") and got.get("height")):
                self._say("<img> without alt, width or height")

    def _check_direction(self, tag: str, got: dict[str, str], style: dict[str, str]) -> None:
        if got.get("dir") not in ("rtl", "ltr"):
            self._say(f"<{tag}> without dir")
        if tag != "html" and style.get("direction") != got.get("dir"):
            self._say(f"<{tag}> without its direction inline")
        language = "ar" if self._base == "rtl" else "en"
        if tag == "html" and (got.get("lang"), got.get("dir")) != (language, self._base):
            self._say("<html> in another language or direction")

    def _address(self, address: str, found: list[str]) -> None:
        found.append(address)
        if not re.fullmatch(r"https?://[!-~]+", address):
            self._say(f"address {address!r}")

    def _say(self, problem: str) -> None:
        self.page.problems.append(problem)
