"""A page by its address: fetched within the limits of feeds and read as an article."""

from __future__ import annotations

from datetime import datetime

import structlog

from app.config import Settings
from app.domain.article import ArticleDraft
from app.feeds.errors import BadResponse, FeedError
from app.feeds.fetch import FOR_PAGES, FetchLimits, fetch_feed
from app.feeds.page import read_page

log = structlog.get_logger()


def read_link(
    settings: Settings, *, now: datetime, url: str, seconds: float | None = None
) -> ArticleDraft:
    """The article at `url` as it is now; nothing is stored. It speaks to the network for at most
    `seconds` (the limit of feeds if left out), so no transaction should be open.

    Raises a `FeedError`.
    """
    page = fetch_feed(
        url.strip(),
        accept=FOR_PAGES,
        limits=FetchLimits(
            max_bytes=settings.feed_max_bytes, seconds=seconds or settings.feed_timeout
        ),
        allow_private=settings.allow_private_feeds,
    )
    try:
        return read_page(page, now=now, zone=settings.timezone)
    except FeedError:
        raise
    except Exception as error:  # a page that breaks the parser is told like any other trouble
        log.exception("page_unreadable", url=url)
        raise BadResponse(f"it cannot be read: {type(error).__name__}") from error
