"""What blog engines and their plugins put around a text, taken out before its parts are found:
boxes for sharing, counting pixels, emoji drawn as pictures. And `<img>` tags read as what they
mean, however late a script would have filled them in."""

from __future__ import annotations

import re
from typing import Any

from lxml.html import builder

from app.domain.article import one_line
from app.feeds.sanitise import LAZY_SETS, LAZY_SOURCES
from app.feeds.web_address import absolute_url

Element = Any
"""An lxml element; lxml ships no types."""

_BOXES = re.compile(
    r"sharedaddy|sd-(?:sharing|like)\S*|jp-relatedposts|feedflare|a2a_kit|addtoany\S*|addthis\S*"
    r"|heateor\S*|share-(?:buttons|box|bar|post)|social-(?:share|icons|links)|shareaholic\S*"
    r"|post-(?:share|tags|views)|essb_links",
    re.IGNORECASE,
)
_EMOJI = frozenset({"emoji", "wp-smiley"})
_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:width|height)\s*:\s*[0-2](?:px)?)"
    r"\s*(?:!important\s*)?(?:;|$)",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"\s*(?P<url>[^\s,]\S*[^\s,])(?:\s+(?P<size>\d+(?:\.\d+)?)[wx])?\s*(?:,|$)")


def take_out_clutter(root: Element) -> None:
    """Changes the tree: boxes that are no part of the text go, emoji become letters."""
    for node in list(root.iterdescendants()):
        names = (node.get("class") or "").split()
        if not names or node.getparent() is None:
            continue
        if node.tag == "img" and not _EMOJI.isdisjoint(names):
            node.tail = one_line(node.get("alt", "")) + (node.tail or "")
            node.drop_tree()
        elif node.tag != "img" and any(_BOXES.fullmatch(name) for name in names):
            node.drop_tree()


def picture(node: Element, base: str) -> Element | None:
    """A clean copy of an `<img>`; None for counting pixels and for what has no address."""
    src = next((url for url in (absolute_url(s, base) for s in _sources(node)) if url), "")
    size = {name: node.get(name, "").removesuffix("px") for name in ("width", "height")}
    if not src or any(value in ("0", "1", "2") for value in size.values()):
        return None
    if _UNSEEN.search(node.get("style", "")):
        return None
    made = builder.IMG(src=src, alt=one_line(node.get("alt", "")))
    for name, value in size.items():
        if value.isdecimal():
            made.set(name, value)
    return made


def _sources(node: Element) -> list[str]:
    """The addresses of a picture, the likeliest first: what a script would put in, then what
    stands there, which may be a placeholder, then the largest of a set."""
    lazy = [value for name in LAZY_SOURCES if "." in (value := node.get(name, ""))]
    lazy += [value for name in LAZY_SETS if (value := _largest(node.get(name, "")))]
    return [*lazy, node.get("src", ""), _largest(node.get("srcset", ""))]


def _largest(candidates: str) -> str:
    found = list(_CANDIDATE.finditer(candidates[:5000]))
    return max(found, key=lambda one: float(one["size"] or 0))["url"] if found else ""
