"""For a source that gives only titles: the pages of its new entries are fetched and read.

Stands between the look at a feed and the writing of its entries, with no transaction open. What
one poll has no time for is left to the next one, so that an article never comes in without the
text that its page has; a page that cannot be read leaves its entry as the feed gave it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.config import Settings
from app.domain.article import ArticleDraft
from app.feeds.errors import FeedError
from app.usecases.read_link import read_link

MAX_PAGES = 15
MAX_SECONDS = 60.0
"""What following the links of one source may cost in one poll."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """What came of it, by guid: the articles of the pages; the entries that wait for the next
    poll; and the pages that could not be read, as their headline and the code of the error."""

    pages: Mapping[str, ArticleDraft] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    failed: tuple[tuple[str, str], ...] = ()


def follow_links(
    settings: Settings,
    entries: Iterable[ArticleDraft],
    *,
    now: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> Followed:
    """Fetches the pages of these entries, the newest of the feed first, within the bounds."""
    deadline = clock() + MAX_SECONDS
    pages: dict[str, ArticleDraft] = {}
    later: set[str] = set()
    failed: list[tuple[str, str]] = []
    for entry in entries:
        left = deadline - clock()
        if left <= 0 or len(pages) + len(failed) >= MAX_PAGES:
            later.add(entry.guid)
            continue
        try:
            page = read_link(
                settings, now=now, url=entry.url, seconds=min(left, settings.feed_timeout)
            )
        except FeedError as error:
            failed.append((entry.headline, error.code))
        else:
            pages[entry.guid] = merged(entry, page)
    return Followed(pages=pages, later=frozenset(later), failed=tuple(failed))


def merged(entry: ArticleDraft, page: ArticleDraft) -> ArticleDraft:
    """The page's article under the entry's identity; what the page lacks the entry gives, and its
    headline and topics are the feed's, since the feed is what the newsroom keeps up."""
    return replace(
        page,
        guid=entry.guid,
        url=entry.url,
        kicker=page.kicker or entry.kicker,
        headline=entry.headline,
        standfirst=page.standfirst or entry.standfirst,
        body_html=page.body_html or entry.body_html,
        image_url=page.image_url or entry.image_url,
        image_alt=page.image_alt or entry.image_alt,
        image_caption=page.image_caption or entry.image_caption,
        byline=page.byline or entry.byline,
        published_at=entry.published_at or page.published_at,
        categories=entry.categories or page.categories,
    )
