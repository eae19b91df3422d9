"""JSON Feed (version 1 and 1.1): its items in the shape in which feedparser gives entries, so
that one reading of entries serves all formats.

Where writers do not keep to the specification they are understood: numbers as ids, one author
instead of several, tags in one line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.domain.article import one_line
from app.feeds.errors import NotAFeed


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonFeed:
    """`entries` in feedparser's shape; `home` is the site, `hub` and `self_url` are for WebSub."""

    title: str
    home: str
    hub: str
    self_url: str
    entries: list[dict[str, Any]]


def looks_like_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith(("{", "["))


def read_json_feed(text: str) -> JsonFeed:
    """The feed in `text`. Raises `NotAFeed` for broken JSON and for JSON of another kind."""
    try:
        feed = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotAFeed(f"it is broken JSON{where}") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise NotAFeed("it is JSON of another kind")
    default = _author(feed)
    return JsonFeed(
        title=one_line(_text(feed, "title")),
        home=_text(feed, "home_page_url"),
        hub=_hub(feed),
        self_url=_text(feed, "feed_url"),
        entries=[_entry(item, default) for item in items if isinstance(item, dict)],
    )


def _entry(item: dict[str, Any], default_author: str) -> dict[str, Any]:
    html = _text(item, "content_html")
    content = {"type": "text/html", "value": html}
    if not html:
        content = {"type": "text/plain", "value": _text(item, "content_text")}
    plain = {"type": "text/plain"}
    return {
        "id": _text(item, "id"),
        "link": _text(item, "url") or _text(item, "external_url"),
        "title_detail": {**plain, "value": _text(item, "title")},
        "title": _text(item, "title"),
        "summary": _text(item, "summary"),
        "summary_detail": plain,
        "content": [content] if content["value"] else [],
        "author": _author(item) or default_author,
        "media_content": [
            {"url": picture, "medium": "image"}
            for picture in (_text(item, "image"), _text(item, "banner_image"))
            if picture
        ],
        "links": [
            {"rel": "enclosure", "href": _text(one, "url"), "type": _text(one, "mime_type")}
            for one in _objects(item.get("attachments"))
        ],
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "tags": [{"term": tag} for tag in _strings(item.get("tags"))],
    }


def _author(holder: dict[str, Any]) -> str:
    """The names of `authors`, or of the one `author` of version 1."""
    one = holder.get("author")
    many = [*_objects(holder.get("authors")), *_objects([one])]
    names = [name for name in (one_line(_text(each, "name")) for each in many) if name]
    if not names and isinstance(one, str):
        return one_line(one)
    return "، ".join(dict.fromkeys(names))


def _hub(feed: dict[str, Any]) -> str:
    hubs = _objects(feed.get("hubs"))
    return next((_text(hub, "url") for hub in hubs if _text(hub, "type").lower() == "websub"), "")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(holder: dict[str, Any], name: str) -> str:
    """A text, or a number as a text; "" for what is neither."""
    value = holder.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
