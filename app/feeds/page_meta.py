"""What the head of a page says of it, and what its markup names: OpenGraph, plain meta elements,
microdata, and the classes that newsrooms give to the parts of an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.domain.article import one_line
from app.feeds.blocks import text_of
from app.feeds.clutter import picture
from app.feeds.json_ld import Told
from app.feeds.pictures import Picture, same_picture
from app.feeds.web_address import absolute_url

Element = Any
"""An lxml element; lxml ships no types."""

KICKER = re.compile(
    r"(?:^|[-_])(?:kicker|overline|eyebrow|supra-?title|pre-?title|strap-?line)(?:$|[-_])",
    re.IGNORECASE,
)
STANDFIRST = re.compile(
    r"(?:^|[-_])(?:standfirst|stand-first|dek|sub-?title|sub-?head(?:line)?|lead|lede|intro|"
    r"summary|excerpt|teaser)(?:$|[-_])",
    re.IGNORECASE,
)
BYLINE = re.compile(r"(?:^|[-_])(?:byline|author(?:-name)?|writer)(?:$|[-_])", re.IGNORECASE)
DATE = re.compile(
    r"(?:^|[-_])(?:date|time|published|post-?date|pub-?date|datetime)(?:$|[-_])", re.IGNORECASE
)
_CAPTION = re.compile(r"caption|photo-?(?:credit|desc)|image-?(?:credit|desc)", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "meta", "link", "title", "head", "noscript", "a"})
_AROUND = 40
_PICTURE_BOX = re.compile(r"(?:^|[-_])(?:pic|photo|image|img|figure|media|thumb)", re.IGNORECASE)
_NO_NEWS_PICTURE = re.compile(
    r"(?:^|[-_/.])(?:logo|placeholder|default|no-?image|blank|favicon)(?:[-_/.]|$)", re.IGNORECASE
)


def read_meta(tree: Element, base: str) -> Told:
    """What OpenGraph and its older relatives tell, in the terms of `Told`."""
    said = _Said(tree)
    url = absolute_url(said.first("og:image:secure_url", "og:image", "twitter:image"), base)
    alt = said.first("og:image:alt", "twitter:image:alt")
    return Told(
        found=said.first("og:type").lower() == "article",
        headline=said.first("og:title", "twitter:title", "dc.title"),
        description=said.first("og:description", "twitter:description", "description"),
        published=said.first(
            "article:published_time", "datepublished", "dc.date.issued", "pubdate", "date"
        ),
        author=_name(said.first("author", "article:author", "dc.creator", "byl")),
        publisher=said.first("og:site_name", "application-name"),
        url=_canonical(tree, base) or absolute_url(said.first("og:url"), base),
        pictures=(Picture(url=url, alt=alt),) if url else (),
        sections=tuple(filter(None, [said.first("article:section")])),
    )


class _Said:
    """The meta elements of a page, by property, name or itemprop; the first of each counts."""

    def __init__(self, tree: Element) -> None:
        self._values: dict[str, str] = {}
        for node in tree.iter("meta"):
            value = one_line(node.get("content") or "")
            for kind in ("property", "name", "itemprop"):
                name = (node.get(kind) or "").strip().lower()
                if name and value:
                    self._values.setdefault(name, value)

    def first(self, *names: str) -> str:
        return next((self._values[name] for name in names if name in self._values), "")


def _name(author: str) -> str:
    """`article:author` is often the address of a page, which names nobody."""
    return "" if "//" in author else author


def _canonical(tree: Element, base: str) -> str:
    """The page's own address without what campaigns hang on it. One that leads to the front
    page is a mistake of a template."""
    for node in tree.iter("link"):
        if "canonical" in (node.get("rel") or "").lower().split():
            url = absolute_url(node.get("href") or "", base)
            return url if url and url.split("/", 3)[-1] else ""
    return ""


def named_text(tree: Element, pattern: re.Pattern[str], *, most: int) -> str:
    """The text of the first element whose class, id or itemprop is so called."""
    for node in named(tree, pattern):
        words = text_of(node)
        if words and len(words) <= most:
            return words
    return ""


def named(tree: Element, pattern: re.Pattern[str]) -> Iterator[Element]:
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in ("meta", "link", "body", "html", "script"):
            continue
        names = f"{node.get('class') or ''} {node.get('itemprop') or ''}".split()
        if any(pattern.search(name) for name in names):
            yield node


def visible_date(tree: Element) -> Iterator[str]:
    """The dates that a reader sees, or a `<time>` holds, the surest first."""
    for node in tree.iter("time"):
        yield node.get("datetime") or text_of(node)
    for node in named(tree, DATE):
        words = node.get("content") or text_of(node)
        if 6 <= len(words) <= 80:
            yield words
    yield from _near_the_headline(tree)


def _near_the_headline(tree: Element) -> Iterator[str]:
    """Short lines with a number in them, those next to the headline first: on pages that name
    nothing the date is one of them, and so is today's at the top."""
    nodes = [node for node in tree.iter() if isinstance(node.tag, str) and node.tag not in _UNSEEN]
    place = next((i for i, node in enumerate(nodes) if node.tag == "h1"), None)
    if place is None:
        return
    around = sorted(range(len(nodes)), key=lambda i: abs(i - place))[:_AROUND]
    for index in around:
        words = one_line(nodes[index].text or "")
        if 8 <= len(words) <= 60 and any(letter.isdigit() for letter in words):
            yield words


def is_news_picture(url: str) -> bool:
    """Whether it is not the site's logo or a stand-in, which many pages name as their picture."""
    return _NO_NEWS_PICTURE.search(url.partition("?")[0].rpartition("/")[2]) is None


def shown_picture(tree: Element, wanted: Picture | None, base: str) -> Picture | None:
    """The page's own picture of this address with its alt and caption; without one wanted, the
    first that stands in a figure or a box for pictures."""
    for node in tree.iter("img"):
        made = picture(node, base)
        if made is None or not is_news_picture(made.get("src")):
            continue
        src = made.get("src")
        if wanted is not None and not same_picture(wanted.url, src):
            continue
        figure = next(node.iterancestors("figure"), None)
        if wanted is None and figure is None and not _is_boxed(node):
            continue
        return Picture(url=src, alt=made.get("alt", ""), caption=_caption(node, figure))
    return None


def _is_boxed(node: Element) -> bool:
    boxes = [node.getparent(), node.getparent().getparent()] if node.getparent() is not None else []
    names = [name for box in boxes if box is not None for name in (box.get("class") or "").split()]
    return any(_PICTURE_BOX.search(name) for name in names)


def _caption(node: Element, figure: Element | None) -> str:
    if figure is not None:
        caption = next(figure.iter("figcaption"), None)
        if caption is not None:
            return text_of(caption)
    for box in list(node.iterancestors())[:3]:
        for one in box.iterdescendants():
            names = one.get("class") or "" if isinstance(one.tag, str) else ""
            if names and _CAPTION.search(names) and next(one.iter("img"), None) is None:
                return text_of(one)
    return ""
