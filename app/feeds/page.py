"""From a fetched news page to a draft of its article.

Structured data speaks first (JSON-LD, then OpenGraph and what the markup names), since the
newsroom wrote it for machines; what it leaves open is found in the page as a reader sees it. The
body is what the markup calls so, else what trafilatura takes for the text. From there on the parts
are told apart as those of a feed's entry are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from app.domain.article import ArticleDraft, fold_name
from app.feeds.blocks import text_of
from app.feeds.dates import read_date
from app.feeds.decode import decode_feed
from app.feeds.entry import EARLIEST, MAX_AUTHOR
from app.feeds.errors import ConsentWall, NotAnArticle, NotAPage, TooLarge
from app.feeds.extract import Parts, RawEntry, extract
from app.feeds.fetch import Fetched
from app.feeds.json_ld import Told, read_json_ld
from app.feeds.page_body import (
    body_html,
    is_consent,
    looks_like_a_list,
    prose,
    take_out_overlays,
)
from app.feeds.page_meta import (
    BYLINE,
    KICKER,
    STANDFIRST,
    is_news_picture,
    named_text,
    read_meta,
    shown_picture,
    visible_date,
)
from app.feeds.pictures import Picture
from app.feeds.signs import MAX_STANDFIRST

Element = Any
"""An lxml element; lxml ships no types."""

MAX_TAGS = 60_000
"""More than any news page has, few enough to be read in seconds."""
LEAST_PROSE = 200
"""Characters of running text below which a page that calls itself no article is none."""

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_HTML_TYPES = ("", "text/html", "application/xhtml+xml", "text/plain", "application/xml")
_ENDLESS = re.compile(r"[\x00\ud800-\udfff]")


def read_page(page: Fetched, *, now: datetime, zone: str) -> ArticleDraft:
    """The article of a fetched page; a date without a zone is told in `zone`, dates after `now`
    become `now`. Its guid is its own address.

    Raises `NotAPage`, `NotAnArticle`, `ConsentWall`, `TooLarge`.
    """
    base = page.final_url
    tree = _tree(page)
    scripts = [
        node.text_content()
        for node in tree.iter("script")
        if "ld+json" in (node.get("type") or "").lower()
    ]
    data, meta = read_json_ld(scripts, base), read_meta(tree, base)
    take_out_overlays(tree)
    heading = _heading(tree)
    title = _title(data, meta, heading, tree)
    body = body_html(tree, told=data.body, base=base)
    _refuse(tree, data, meta, body, base)
    parts = _parts(tree, data, meta, title=title, body=body, base=base)
    if not parts.headline or not (parts.body_html or parts.standfirst):
        raise NotAnArticle("it has no text")
    url = _address(data, meta, base)
    return parts.as_draft(
        guid=url,
        url=url,
        published_at=_published(tree, data, meta, now=now, zone=zone),
        categories=tuple(dict.fromkeys((*data.sections, *meta.sections)))[:20],
    )


def _tree(page: Fetched) -> Element:
    if page.content_type not in _HTML_TYPES:
        raise NotAPage(f"it is {page.content_type}"[:80])
    declared = _META_CHARSET.search(page.body[:4096])
    charset = page.charset or (declared[1].decode("ascii").lower() if declared else "")
    text = _ENDLESS.sub("", decode_feed(page.body, charset=charset))
    if text.count("<") > MAX_TAGS:
        raise TooLarge(f"more than {MAX_TAGS} tags")
    if not re.search(r"<[a-zA-Z!]", text):
        raise NotAPage("it has no markup")
    if re.match(r"\s*<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", text):
        raise NotAPage("it is a feed")
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, ValueError):
        raise NotAPage("it is empty") from None


def _heading(tree: Element) -> str:
    """The page's own headline: its h1, or the first of them that stands in an article."""
    found = [(text_of(node), node) for node in tree.iter("h1")]
    found = [(words, node) for words, node in found if words]
    inside = [
        words for words, node in found if next(node.iterancestors("article"), None) is not None
    ]
    return (inside or [words for words, _ in found] or [""])[0]


def _title(data: Told, meta: Told, heading: str, tree: Element) -> str:
    """The headline. Search engines want at most 110 characters, so that the one that is told is
    often cut; then the page's own is the whole one."""
    told = data.headline or _without_site(meta.headline, meta.publisher)
    if heading and fold_name(heading).startswith(fold_name(told.rstrip(" .…"))):
        return heading
    if told:
        return told
    title = next(tree.iter("title"), None)
    return heading or _without_site(text_of(title) if title is not None else "", meta.publisher)


def _without_site(title: str, site: str) -> str:
    """«العنوان | اسم الموقع» without the site's name."""
    head, mark, last = title.rpartition(" | ") if " | " in title else title.rpartition(" - ")
    known = bool(site) and fold_name(last) == fold_name(site)
    return head if mark and (known or (" | " in title and len(last) <= 40)) else title


def _refuse(tree: Element, data: Told, meta: Told, body: str, base: str) -> None:
    """Raises if this is no article: a list, a question for consent, nothing at all."""
    length, linked = prose(body)
    told = data.found or meta.found
    if length < LEAST_PROSE and is_consent(tree):
        raise ConsentWall
    if data.found:
        return
    if data.lists or looks_like_a_list(tree, base, length=length, linked=linked):
        raise NotAnArticle("it lists articles")
    if length < LEAST_PROSE and not told:
        raise NotAnArticle("it has no running text")


def _parts(tree: Element, data: Told, meta: Told, *, title: str, body: str, base: str) -> Parts:
    kicker = named_text(tree, KICKER, most=100)
    marked = named_text(tree, STANDFIRST, most=MAX_STANDFIRST)
    site = fold_name(data.publisher or meta.publisher)
    names = (data.author, meta.author, _signed(tree))
    author = next((name for name in names if name and fold_name(name) != site), "")
    picture = _picture(tree, data, meta, base)
    parts = extract(
        RawEntry(
            title=title,
            kicker=kicker,
            summary=marked or data.description or meta.description,
            content=body,
            author=author[:MAX_AUTHOR],
            pictures=(picture,) if picture else (),
            base=base,
        )
    )
    if marked and not parts.standfirst:
        return replace(parts, standfirst=marked)
    return parts


def _signed(tree: Element) -> str:
    for node in tree.iter("a"):
        if "author" in (node.get("rel") or "").split() and (words := text_of(node)):
            return words
    words = named_text(tree, BYLINE, most=80)
    return re.sub(r"\A(?:بقلم|كتب|كتبت|إعداد|by)\s*[:：]?\s+", "", words, flags=re.IGNORECASE)


def _picture(tree: Element, data: Told, meta: Told, base: str) -> Picture | None:
    told = [one for one in (*data.pictures, *meta.pictures) if is_news_picture(one.url)]
    wanted = told[0] if told else None
    shown = shown_picture(tree, wanted, base)
    if wanted is None or shown is None:
        return wanted or shown
    alt = next((one.alt for one in (shown, *told) if one.alt), "")
    return Picture(url=wanted.url, alt=alt, caption=shown.caption or wanted.caption)


def _address(data: Told, meta: Told, base: str) -> str:
    """The page's own address; one on another host is not believed."""
    host = base.split("/")[2].removeprefix("www.")
    for url in (meta.url, data.url):
        if url and url.split("/")[2].removeprefix("www.") == host:
            return url
    return base


def _published(
    tree: Element, data: Told, meta: Told, *, now: datetime, zone: str
) -> datetime | None:
    for words in (data.published, meta.published, *visible_date(tree)):
        found = read_date(words, zone=zone) if words else None
        if found is not None and found >= EARLIEST:
            return min(found, now)
    return None
