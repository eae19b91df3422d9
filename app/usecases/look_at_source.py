"""One look at a source: fetched, parsed, and its links followed where the feed gives only titles.

No transaction is open meanwhile, and each part may run in a thread of its own: `look` and `follow`
touch no database; `ingest_sources` reads and writes around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from app.config import Settings
from app.domain.article import ArticleDraft
from app.feeds.errors import BadResponse, FeedError
from app.feeds.fetch import Fetched, FetchLimits, as_fetched, fetch_feed
from app.feeds.parse import ParsedFeed, parse_feed
from app.store.tables import Source
from app.usecases.follow_links import Followed, follow_links

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is needed of a source to look at it."""

    id: int
    url: str
    etag: str
    last_modified: str
    follow_links: bool

    @classmethod
    def of(cls, source: Source) -> Asked:
        return cls(
            id=source.id,
            url=source.url,
            etag=source.etag,
            last_modified=source.last_modified,
            follow_links=source.follow_links,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a look gave: an error, or an answer, with a feed unless nothing has changed."""

    asked: Asked
    fetched: Fetched | None = None
    feed: ParsedFeed | None = None
    error: FeedError | None = None
    followed: Followed = field(default_factory=Followed)


def look(asked: Asked, settings: Settings, now: datetime) -> Looked:
    """Fetches and parses. What goes wrong out there is in the answer, not raised."""
    try:
        fetched = fetch_feed(
            asked.url,
            etag=asked.etag,
            last_modified=asked.last_modified,
            limits=FetchLimits(max_bytes=settings.feed_max_bytes, seconds=settings.feed_timeout),
            allow_private=settings.allow_private_feeds or _is_our_own(asked.url, settings),
        )
        feed = None
        if fetched.status == "new":
            feed = _parsed(fetched, source_id=asked.id, settings=settings, now=now)
    except FeedError as error:
        return Looked(asked=asked, error=error)
    return Looked(asked=asked, fetched=fetched, feed=feed)


def read_pushed(
    asked: Asked, body: bytes, *, content_type: str, settings: Settings, now: datetime
) -> Looked:
    """The same for what a hub has pushed, as if it had been fetched from the source."""
    fetched = as_fetched(body, content_type=content_type, url=asked.url)
    try:
        feed = _parsed(fetched, source_id=asked.id, settings=settings, now=now)
    except FeedError as error:
        return Looked(asked=asked, error=error)
    return Looked(asked=asked, fetched=fetched, feed=feed)


def follow(
    looked: Looked, entries: Sequence[ArticleDraft], settings: Settings, now: datetime
) -> Looked:
    """The look with the pages of these entries read too."""
    return replace(looked, followed=follow_links(settings, entries, now=now))


def _parsed(fetched: Fetched, *, source_id: int, settings: Settings, now: datetime) -> ParsedFeed:
    try:
        return parse_feed(
            fetched.body,
            content_type=fetched.content_type,
            charset=fetched.charset,
            base_url=fetched.final_url,
            now=now,
            zone=settings.timezone,
        )
    except FeedError:
        raise
    except Exception as error:  # a feed that breaks the parser must not stop the others
        log.exception("feed_unreadable", source=source_id)
        raise BadResponse(f"it cannot be read: {type(error).__name__}") from error


def _is_our_own(url: str, settings: Settings) -> bool:
    """Whether the feed is one that this site serves itself, as the samples are."""
    return url.startswith(f"{settings.base_url}/samples/")
