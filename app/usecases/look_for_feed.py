"""One look at an address before it becomes a source: what feed is there, or, where a page is,
which feeds it names. Nothing is written, and no transaction is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.config import Settings
from app.feeds.discover import FoundFeed, feeds_of_page
from app.feeds.errors import FeedError, NotAFeed, NotXml
from app.feeds.fetch import Fetched, FetchLimits, fetch_feed
from app.feeds.parse import parse_feed

PATIENCE = 10.0
"""Seconds that somebody in front of a page waits at most."""

SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLook:
    """What was found at `url`, where the address leads for good: a feed with its title, how many
    entries it has and the first headlines; or an error's code and detail, with the feeds that
    the page there names."""

    url: str
    title: str = ""
    entries: int = 0
    headlines: tuple[str, ...] = ()
    error_code: str = ""
    error_detail: str = ""
    feeds: tuple[FoundFeed, ...] = ()


def look_for_feed(url: str, settings: Settings, *, now: datetime) -> FeedLook:
    """Asks for the address, within `PATIENCE`. What goes wrong out there is in the answer."""
    url = url.strip()
    try:
        fetched = fetch_feed(
            url,
            limits=FetchLimits(
                max_bytes=settings.feed_max_bytes, seconds=min(PATIENCE, settings.feed_timeout)
            ),
            allow_private=settings.allow_private_feeds,
        )
    except FeedError as error:
        return FeedLook(url=url, error_code=error.code, error_detail=error.detail)
    return _read(fetched, settings, now)


def _read(fetched: Fetched, settings: Settings, now: datetime) -> FeedLook:
    url = fetched.lasting_url or fetched.final_url
    try:
        feed = parse_feed(
            fetched.body,
            content_type=fetched.content_type,
            charset=fetched.charset,
            base_url=fetched.final_url,
            now=now,
            zone=settings.timezone,
        )
    except FeedError as error:
        is_page = isinstance(error, NotAFeed | NotXml)
        return FeedLook(
            url=url,
            error_code=error.code,
            error_detail=error.detail,
            feeds=feeds_of_page(fetched.body, charset=fetched.charset, base_url=fetched.final_url)
            if is_page
            else (),
        )
    return FeedLook(
        url=url,
        title=feed.title,
        entries=len(feed.entries),
        headlines=tuple(entry.headline for entry in feed.entries[:SHOWN]),
    )
