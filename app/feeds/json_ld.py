"""What a page says of itself in JSON-LD (schema.org): the news article among its objects.

Newsrooms write this by template, so it is often broken in the same few ways: line ends inside of
strings, a comma after the last value, HTML comments around, entities in the texts. What can still
be read is read; the rest is left out in silence, since the page itself tells the same again.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.article import one_line
from app.feeds.blocks import parse_body, text_of
from app.feeds.pictures import Picture
from app.feeds.web_address import absolute_url

MAX_OBJECTS = 500
_ARTICLES = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "BlogPosting", "LiveBlogPosting", "Report",
})  # fmt: skip
_LISTS = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "WebSite"})
_WRAPPED = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*\Z"
)
_LAST_COMMA = re.compile(r",(\s*[}\]])")
_OBJECT_DEPTH = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What structured data told of an article; empty where it told nothing. `published` is as
    written, `body` plain text; `lists` says that the page calls itself a list."""

    found: bool = False
    lists: bool = False
    headline: str = ""
    description: str = ""
    published: str = ""
    author: str = ""
    publisher: str = ""
    url: str = ""
    body: str = ""
    pictures: tuple[Picture, ...] = ()
    sections: tuple[str, ...] = ()


def read_json_ld(scripts: Sequence[str], base: str) -> Told:
    """The article of a page, from the texts of its `application/ld+json` scripts."""
    things = [thing for text in scripts for thing in _objects(_loaded(text), 0)][:MAX_OBJECTS]
    by_id = {str(thing["@id"]): thing for thing in things if "@id" in thing and len(thing) > 1}
    articles = [thing for thing in things if _types(thing) & _ARTICLES and _text(thing, "headline")]
    lists = any(_types(thing) & _LISTS - {"WebSite"} for thing in things)
    chosen = _chosen(articles, base)
    if chosen is None:
        return Told(lists=lists or len(articles) > 1)
    author = ", ".join(dict.fromkeys(_names(chosen.get("author"), by_id)))
    return Told(
        found=True,
        headline=_text(chosen, "headline"),
        description=_text(chosen, "description"),
        published=_text(chosen, "datePublished") or _text(chosen, "dateCreated"),
        author=author.replace(", ", "، ") if re.search(r"[\u0600-\u06ff]", author) else author,
        publisher=next(iter(_names(chosen.get("publisher"), by_id)), ""),
        url=absolute_url(_address(chosen), base),
        body=str(chosen.get("articleBody") or ""),
        pictures=tuple(_pictures(chosen.get("image"), by_id, base)),
        sections=tuple(_strings(chosen.get("articleSection"))),
    )


def _loaded(text: str) -> Any:
    text = _WRAPPED.sub("", _WRAPPED.sub("", text)).strip().rstrip(";")
    for attempt in (text, _LAST_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every object with a type, however deep in lists and graphs it lies."""
    if depth > _OBJECT_DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from _objects(one, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "@id" in value:
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"):
            yield from _objects(value.get(name), depth + 1)
        for name in ("image", "author", "publisher"):
            yield from _objects(value.get(name), _OBJECT_DEPTH)


def _chosen(articles: list[dict[str, Any]], base: str) -> dict[str, Any] | None:
    """The one that is about this page; of several about other pages none."""
    here = base.partition("#")[0].rstrip("/")
    for one in articles:
        if absolute_url(_address(one), base).partition("#")[0].rstrip("/") == here:
            return one
    headlines = {_text(one, "headline") for one in articles}
    return max(articles, key=len) if len(headlines) == 1 else None


def _types(thing: dict[str, Any]) -> set[str]:
    return {name.rpartition("/")[2] for name in _strings(thing.get("@type"))}


def _address(thing: dict[str, Any]) -> str:
    for name in ("url", "mainEntityOfPage"):
        value = thing.get(name)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value:
            return value
    return ""


def _text(thing: dict[str, Any], name: str) -> str:
    """A text on one line, its markup and entities read; some write them twice."""
    value = thing.get(name)
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    if not isinstance(value, str):
        return ""
    value = html.unescape(html.unescape(value))
    return text_of(parse_body(f"<p>{value}</p>")) if "<" in value else one_line(value)


def _strings(value: Any) -> list[str]:
    many = value if isinstance(value, list) else [value]
    return [one_line(html.unescape(one)) for one in many if isinstance(one, str) and one.strip()]


def _names(value: Any, by_id: dict[str, dict[str, Any]]) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one_line(html.unescape(one))
        elif isinstance(one, dict):
            whole = one if "name" in one else by_id.get(str(one.get("@id")), {})
            if name := _text(whole, "name"):
                yield name


def _pictures(value: Any, by_id: dict[str, dict[str, Any]], base: str) -> Iterator[Picture]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            found = Picture(url=absolute_url(one, base))
        elif isinstance(one, dict):
            whole = one if "url" in one else by_id.get(str(one.get("@id")), one)
            address = whole.get("url") or whole.get("contentUrl") or ""
            url = absolute_url(address, base) if isinstance(address, str) else ""
            found = Picture(url=url, caption=_text(whole, "caption"))
        else:
            continue
        if found.url:
            yield found
