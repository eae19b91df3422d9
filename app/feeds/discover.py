"""The feeds that a web page names: what its head links to, and links that are plainly feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from app.domain.article import one_line
from app.feeds.decode import decode_feed
from app.feeds.web_address import absolute_url

MOST = 8
"""Feeds of one page that are told."""

_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_PLAINLY = re.compile(r"(?:^|[/._-])(?:rss|feed|atom)(?:\.(?:xml|json|php))?/?$", re.IGNORECASE)
_ENDLESS = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFeed:
    """An absolute address, and what the page calls it."""

    url: str
    title: str


def feeds_of_page(body: bytes, *, charset: str = "", base_url: str) -> tuple[FoundFeed, ...]:
    """The feeds of a page in the order in which it names them, each once, those of its head
    first; none where it names none or is no page."""
    text = _ENDLESS.sub("", decode_feed(body, charset=charset))
    try:
        tree = lxml_html.document_fromstring(text)
    except (etree.LxmlError, ValueError):
        return ()
    found: dict[str, FoundFeed] = {}
    for href, title in (*_linked(tree), *_plain(tree)):
        url = absolute_url(href, base_url)
        if url and url not in found:
            found[url] = FoundFeed(url=url, title=one_line(title)[:120])
    return tuple(found.values())[:MOST]


def _linked(tree: Any) -> list[tuple[str, str]]:
    return [
        (node.get("href") or "", node.get("title") or "")
        for node in tree.iter("link")
        if "alternate" in (node.get("rel") or "").lower().split()
        and (node.get("type") or "").partition(";")[0].strip().lower() in _TYPES
    ]


def _plain(tree: Any) -> list[tuple[str, str]]:
    return [
        (href, node.text_content())
        for node in tree.iter("a")
        if (href := (node.get("href") or "").strip())
        and _PLAINLY.search(href.partition("?")[0].partition("#")[0])
    ]
