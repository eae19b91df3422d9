"""One entry as feedparser gives it, made into a draft of an article."""

from __future__ import annotations

import calendar
import html
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.domain.article import ArticleDraft, one_line
from app.feeds.blocks import parse_body, text_of
from app.feeds.extract import RawEntry, extract
from app.feeds.pictures import Picture
from app.feeds.web_address import absolute_url

MAX_CATEGORIES = 20
MAX_AUTHOR = 300
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it there were no feeds: such a date is a clock that was never set."""

_IMAGE_NAMES = (".jpg", ".jpeg", ".png", ".gif", ".webp")


def draft_from(
    entry: Any, *, guid: str, site: str, base: str, now: datetime, atom: bool
) -> ArticleDraft:
    """The article of one entry; its headline is empty if the entry has no text at all."""
    base = _base(entry, base)
    content = _content(entry, atom)
    summary = _html(str(_own(entry, "summary") or ""), _detail(entry), atom)
    parts = extract(
        RawEntry(
            title=_title(entry, atom),
            kicker=str(_own(entry, "kicker") or ""),
            summary=summary if summary != content else "",
            content=content,
            author=str(entry.get("author") or "")[:MAX_AUTHOR],
            pictures=tuple(_pictures(entry, base)),
            base=base,
        )
    )
    link = str(entry.get("link") or "") or guid
    return ArticleDraft(
        guid=guid,
        url=absolute_url(link, base) if "/" in link else absolute_url(site, base),
        kicker=parts.kicker,
        headline=parts.headline,
        standfirst=parts.standfirst,
        body_html=parts.body_html,
        image_url=parts.image.url,
        image_alt=one_line(parts.image.alt),
        image_caption=one_line(parts.image.caption),
        related=parts.related,
        byline=parts.byline,
        published_at=_published(entry, now),
        categories=tuple(_categories(entry)),
    )


def _own(entry: Any, name: str) -> Any:
    """The value itself: feedparser's own lookup falls back to other elements and warns."""
    return dict.get(entry, name)


def _base(entry: Any, base: str) -> str:
    """The xml:base of the content, where there is one."""
    details = [*(entry.get("content") or ()), _detail(entry)]
    for detail in details:
        if detail.get("base"):
            return absolute_url(str(detail["base"]), base) or base
    return base


def _detail(entry: Any) -> Any:
    return _own(entry, "summary_detail") or {}


def _title(entry: Any, atom: bool) -> str:
    detail = _own(entry, "title_detail") or {}
    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain" and (atom or "&" not in value):
        return one_line(value)
    return text_of(parse_body(f"<p>{value}</p>"))


def _html(value: str, detail: Any, atom: bool) -> str:
    """A text construct as HTML. Only Atom's type "text" is plain by its own word (RFC 4287,
    section 3.1.1.1); in RSS nobody can tell, and markup in it is taken as markup."""
    if atom and detail.get("type") == "text/plain":
        return html.escape(value)
    return value


def _content(entry: Any, atom: bool) -> str:
    """The longest content that is text."""
    readable = [
        _html(str(one.get("value") or ""), one, atom)
        for one in entry.get("content") or ()
        if "html" in one.get("type", "") or one.get("type", "").startswith("text/")
    ]
    return max(readable, key=len, default="")


def _pictures(entry: Any, base: str) -> Iterator[Picture]:
    """The pictures the feed names, the best first: media:content, enclosures, the thumbnail."""
    media = [m for m in entry.get("media_content") or () if _is_image(m)]
    media.sort(key=lambda m: _number(m.get("width")), reverse=True)
    alone = len(media) == 1
    alt = str(_own(entry, "media_alttext") or "") if alone else ""
    caption = str(_own(entry, "media_captiontext") or "") if alone else ""
    for one in media:
        if url := absolute_url(str(one.get("url") or ""), base):
            yield Picture(url=url, alt=_plain(alt), caption=_plain(caption))
    for link in entry.get("links") or ():
        is_enclosure = link.get("rel") == "enclosure"
        url = absolute_url(str(link.get("href") or ""), base) if is_enclosure else ""
        if url and _is_image(link):
            yield Picture(url=url)
    for thumbnail in entry.get("media_thumbnail") or ():
        if url := absolute_url(str(thumbnail.get("url") or ""), base):
            yield Picture(url=url)


def _is_image(media: Any) -> bool:
    """By its declared type; by the end of its address where nothing is declared."""
    kind = str(media.get("type") or "").lower()
    medium = str(media.get("medium") or "").lower()
    address = str(media.get("url") or media.get("href") or "").lower().partition("?")[0]
    if kind or medium:
        return kind.startswith("image/") or medium == "image"
    return address.endswith(_IMAGE_NAMES)


def _plain(text: str) -> str:
    return text_of(parse_body(f"<p>{text}</p>"))


def _number(text: Any) -> int:
    digits = str(text or "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 7 else 0


def _published(entry: Any, now: datetime) -> datetime | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        parsed = _own(entry, name)
        if parsed is None:
            continue
        try:
            found = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):
            continue
        if found >= EARLIEST:
            return min(found, now)
    return None


def _categories(entry: Any) -> list[str]:
    """Categories by their words: the label if there is one, and several in one element apart."""
    found: dict[str, None] = {}
    for tag in entry.get("tags") or ():
        for text in (tag.get("label"), tag.get("term")):
            for word in str(text or "").replace("،", ",").replace(";", ",").split(","):
                if name := one_line(word)[:100]:
                    found[name] = None
    return list(found)[:MAX_CATEGORIES]
