"""One entry as feedparser gives it, made into a draft of an article."""

from __future__ import annotations

import calendar
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.domain.article import ArticleDraft, one_line
from app.feeds.blocks import parse_body, text_of
from app.feeds.dates import is_odd, read_date
from app.feeds.extract import RawEntry, extract
from app.feeds.pictures import Picture
from app.feeds.web_address import absolute_url

MAX_CATEGORIES = 20
MAX_AUTHOR = 300
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it there were no feeds: such a date is a clock that was never set."""

_BETWEEN = re.compile(r"[,،;؛|]")
_IMAGE_NAMES = (".jpg", ".jpeg", ".png", ".gif", ".webp")


def draft_from(
    entry: Any, *, guid: str, site: str, base: str, now: datetime, zone: str, plain: bool
) -> ArticleDraft:
    """The article of one entry; its headline is empty if the entry has no text at all."""
    base = _base(entry, base)
    content = _content(entry, plain)
    summary = _html(str(_own(entry, "summary") or ""), _detail(entry), plain)
    parts = extract(
        RawEntry(
            title=_title(entry, plain),
            kicker=str(_own(entry, "kicker") or ""),
            summary=summary if summary != content else "",
            content=content,
            author=_author(entry)[:MAX_AUTHOR],
            pictures=tuple(_pictures(entry, base)),
            base=base,
        )
    )
    link = str(_own(entry, "feedburner_origlink") or entry.get("link") or "") or guid
    return parts.as_draft(
        guid=guid,
        url=absolute_url(link, base) if "/" in link else absolute_url(site, base),
        published_at=_published(entry, now, zone),
        categories=tuple(_categories(entry)),
    )


def _own(entry: Any, name: str) -> Any:
    """The value itself: feedparser's own lookup falls back to other elements and warns."""
    return dict.get(entry, name)


def listed(holder: Any, name: str) -> list[Any]:
    """The objects of a list; none where the feed has an element of that name for itself, whose
    text feedparser then puts in the list's place."""
    value = dict.get(holder, name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _base(entry: Any, base: str) -> str:
    """The xml:base of the content, where there is one."""
    details = [*listed(entry, "content"), _detail(entry)]
    for detail in details:
        if detail.get("base"):
            return absolute_url(str(detail["base"]), base) or base
    return base


def _detail(entry: Any) -> Any:
    return _own(entry, "summary_detail") or {}


def _title(entry: Any, plain: bool) -> str:
    detail = _own(entry, "title_detail") or {}
    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain" and (plain or "&" not in value):
        return one_line(value)
    return text_of(parse_body(f"<p>{value}</p>"))


def _html(value: str, detail: Any, plain: bool) -> str:
    """A text construct as HTML. Atom's type "text" is plain by its own word (RFC 4287,
    section 3.1.1.1), as are the texts of JSON Feed; in RSS nobody can tell, and markup in it is
    taken as markup."""
    if plain and detail.get("type") == "text/plain":
        return html.escape(value)
    return value


def _content(entry: Any, plain: bool) -> str:
    """The longest content that is text."""
    readable = [
        _html(str(one.get("value") or ""), one, plain)
        for one in listed(entry, "content")
        if "html" in one.get("type", "") or one.get("type", "").startswith("text/")
    ]
    return max(readable, key=len, default="")


def _pictures(entry: Any, base: str) -> Iterator[Picture]:
    """The pictures the feed names, the best first: media:content, enclosures, the thumbnail."""
    media = [m for m in listed(entry, "media_content") if _is_image(m)]
    media.sort(key=lambda m: _number(m.get("width")), reverse=True)
    alone = len(media) == 1
    alt = str(_own(entry, "media_alttext") or "") if alone else ""
    caption = str(_own(entry, "media_captiontext") or "") if alone else ""
    for one in media:
        if url := absolute_url(str(one.get("url") or ""), base):
            yield Picture(url=url, alt=_plain(alt), caption=_plain(caption))
    for link in listed(entry, "links"):
        is_enclosure = link.get("rel") == "enclosure"
        url = absolute_url(str(link.get("href") or ""), base) if is_enclosure else ""
        if url and _is_image(link):
            yield Picture(url=url)
    thumbnails = [one.get("url") for one in listed(entry, "media_thumbnail")]
    of_entry = _image_of(entry)  # of iTunes; `href` is of <image>
    for address in (*thumbnails, of_entry, _own(entry, "href")):
        if url := absolute_url(str(address or ""), base):
            yield Picture(url=url)


def _image_of(entry: Any) -> str:
    image = _own(entry, "image")
    return str(image.get("href") or "") if isinstance(image, dict) else ""


def _is_image(media: Any) -> bool:
    """By its declared type; by the end of its address where that says nothing."""
    kind = str(media.get("type") or "").lower()
    medium = str(media.get("medium") or "").lower()
    address = str(media.get("url") or media.get("href") or "").lower().partition("?")[0]
    if kind.startswith("image/") or medium == "image":
        return True
    of_other_kind = medium or kind.startswith(("audio/", "video/", "text/"))
    return not of_other_kind and address.endswith(_IMAGE_NAMES)


def _author(entry: Any) -> str:
    names = [one_line(str(one.get("name") or "")) for one in listed(entry, "authors")]
    several = dict.fromkeys(name for name in names if name)
    return (
        "، ".join(several)
        if len(several) > 1
        else str(entry.get("author") or _word(entry, "authors"))
    )


def _word(entry: Any, name: str) -> str:
    value = _own(entry, name)
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    return text_of(parse_body(f"<p>{text}</p>"))


def _number(text: Any) -> int:
    digits = str(text or "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 7 else 0


def _published(entry: Any, now: datetime, zone: str) -> datetime | None:
    for name in ("published", "updated", "created"):
        text = str(_own(entry, name) or "")
        found = read_date(text, zone=zone) if is_odd(text) else _parsed_date(entry, name)
        if found is None or found < EARLIEST:
            found = read_date(text, zone=zone)
        if found is not None and found >= EARLIEST:
            return min(found, now)
    return None


def _parsed_date(entry: Any, name: str) -> datetime | None:
    parsed = _own(entry, f"{name}_parsed")
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _categories(entry: Any) -> list[str]:
    """Categories by their words: the label if there is one, and several in one element apart."""
    found: dict[str, None] = {}
    for tag in listed(entry, "tags"):
        for text in (tag.get("label"), tag.get("term")):
            for word in _BETWEEN.split(html.unescape(html.unescape(str(text or "")))):
                if name := one_line(word).lstrip("#")[:100]:
                    found[name] = None
    return list(found)[:MAX_CATEGORIES]
