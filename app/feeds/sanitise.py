"""HTML from strangers. `tidy` makes it well-formed, so that its parts can be found; `sanitise`
is the border: only what it lets through is ever stored."""

from __future__ import annotations

import html as entities
import re

import nh3

from app.feeds.decode import mend_references

MAX_NESTING = 200
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LEFT_OPEN = {
    "p", "li", "dt", "dd", "tr", "td", "th", "option", "br", "hr", "img", "input", "link", "meta",
    "source", "area", "base", "col", "embed", "wbr", "path",
}  # fmt: skip
"""Elements that have no end, or that end by themselves where the next one begins."""

_DROPPED = {
    "script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math",
    "form", "button", "select", "textarea", "video", "audio", "canvas", "head", "title",
}  # fmt: skip

_ROUGH_TAGS = {
    "a", "address", "article", "aside", "b", "blockquote", "body", "br", "caption", "center",
    "cite", "dd", "details", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "li", "main", "ol", "p", "picture",
    "pre", "section", "span", "strong", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original")
LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_ROUGH_ATTRIBUTES = {
    "*": {"class", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "style", "srcset", *LAZY_SOURCES, *LAZY_SETS},
}

_TAGS = {
    "p", "h2", "h3", "blockquote", "ul", "ol", "li", "a", "strong", "em", "figure", "img",
    "figcaption", "br",
}  # fmt: skip
_WITH_DIR = {"p", "h2", "h3", "blockquote", "ul", "ol", "li", "figure", "figcaption"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    **{tag: {"dir"} for tag in _WITH_DIR},
}
_DIRECTIONS = {"ltr", "rtl", "auto"}


def tidy(html: str) -> str:
    """`html` as a browser would understand it, well-formed, without scripts and handlers.

    The time a parser takes grows with the square of the depth, so what is nested deeper than
    any article (`MAX_NESTING`) is read as plain text.
    """
    html = mend_references(html)
    if _nesting(html) > MAX_NESTING:
        html = entities.escape(re.sub(r"<[^<>]*>", " ", html))
    return nh3.clean(
        html,
        tags=_ROUGH_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ROUGH_ATTRIBUTES,
        url_schemes={"http", "https", "data"},
        link_rel=None,
    )


def sanitise(html: str) -> str:
    """`html` with nothing but paragraphs, headings, lists, quotes, links and pictures."""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https"},
        link_rel=None,
    )


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "dir":
        return value.lower() if value.lower() in _DIRECTIONS else None
    if name in ("width", "height"):
        return value if value.isascii() and value.isdecimal() and len(value) <= 5 else None
    return value


def _nesting(html: str) -> int:
    depth = deepest = 0
    for found in _TAG.finditer(html):
        if found[2].lower() not in _LEFT_OPEN:
            depth = max(0, depth - 1) if found[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest
