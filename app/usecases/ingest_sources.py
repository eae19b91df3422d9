"""Articles come in: a source is fetched, its entries are compared with what is there, and the
difference is written.

`decide` is pure; the network is spoken to with no transaction open; each source is one
transaction, so a broken feed is told on its source and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.article import ArticleDraft, fold_name
from app.feeds.errors import BadResponse, FeedError
from app.feeds.fetch import Fetched, FetchLimits, fetch_feed
from app.feeds.parse import ParsedFeed, parse_feed
from app.pictures.in_body import addresses_in
from app.store.pictures import want
from app.store.tables import Article, Source, Topic
from app.usecases.article_rows import content_of
from app.usecases.follow_links import Followed, follow_links

log = structlog.get_logger()

LONGEST_REST = timedelta(hours=6)
"""A failing source is asked less and less often, up to this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceReport:
    """What one look at a source gave. `status` is new, unchanged or failed; `problems` are
    entries that lacked something or could not be used, as "code: title"."""

    id: int
    url: str
    status: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    error: str = ""
    detail: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is to be done with the entries of a feed."""

    new: tuple[ArticleDraft, ...]
    changed: tuple[ArticleDraft, ...]
    unchanged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    id: int
    url: str
    etag: str
    last_modified: str
    follow_links: bool


def decide(known: Mapping[str, bytes], entries: Sequence[ArticleDraft]) -> Decision:
    """Compares entries with the content hashes that are there, by guid."""
    new = tuple(entry for entry in entries if entry.guid not in known)
    changed = tuple(
        entry
        for entry in entries
        if entry.guid in known and known[entry.guid] != entry.content_hash
    )
    return Decision(new=new, changed=changed, unchanged=len(entries) - len(new) - len(changed))


def ingest_all(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime
) -> list[SourceReport]:
    """Looks at every active source, one after the other. May be repeated."""
    with sessions() as session:
        ids = session.scalars(select(Source.id).where(Source.active).order_by(Source.id)).all()
    reports = (ingest_source(sessions, settings, now=now, source_id=one) for one in ids)
    return [report for report in reports if report is not None]


def ingest_source(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, source_id: int
) -> SourceReport | None:
    """Looks at one source and writes what is new or changed; None when there is no such source.

    What goes wrong out there is written on the source. May be repeated, and two at once do no
    harm: articles are unique on (source, guid).
    """
    with sessions() as session:
        source = session.get(Source, source_id)
        if source is None:
            return None
        asked = _Asked(
            id=source.id,
            url=source.url,
            etag=source.etag,
            last_modified=source.last_modified,
            follow_links=source.follow_links,
        )
    try:
        fetched, feed = _look(asked, settings, now)
    except FeedError as error:
        with sessions.begin() as session:
            _note_failure(session, settings, asked, error, now=now)
        log.info("source_failed", source=asked.id, code=error.code, detail=error.detail)
        return SourceReport(
            id=asked.id, url=asked.url, status="failed", error=error.code, detail=error.detail
        )
    followed = Followed()
    if asked.follow_links and feed is not None:
        with sessions() as session:
            decision = decide(_known(session, asked.id, feed.entries), feed.entries)
        followed = follow_links(settings, (*decision.new, *decision.changed), now=now)
    with sessions.begin() as session:
        return _write(session, settings, asked, fetched, feed, followed, now=now)


def _look(asked: _Asked, settings: Settings, now: datetime) -> tuple[Fetched, ParsedFeed | None]:
    fetched = fetch_feed(
        asked.url,
        etag=asked.etag,
        last_modified=asked.last_modified,
        limits=FetchLimits(max_bytes=settings.feed_max_bytes, seconds=settings.feed_timeout),
        allow_private=settings.allow_private_feeds or _is_our_own(asked.url, settings),
    )
    if fetched.status == "unchanged":
        return fetched, None
    try:
        feed = parse_feed(
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
        log.exception("feed_unreadable", source=asked.id)
        raise BadResponse(f"it cannot be read: {type(error).__name__}") from error
    return fetched, feed


def _is_our_own(url: str, settings: Settings) -> bool:
    """Whether the feed is one that this site serves itself, as the samples are."""
    return url.startswith(f"{settings.base_url}/samples/")


def _write(
    session: Session,
    settings: Settings,
    asked: _Asked,
    fetched: Fetched,
    feed: ParsedFeed | None,
    followed: Followed,
    *,
    now: datetime,
) -> SourceReport:
    source = session.get_one(Source, asked.id, with_for_update=True)
    source.polled_at = source.succeeded_at = now
    source.next_poll_at = now + timedelta(seconds=settings.feed_interval)
    source.failures, source.error_code, source.error_detail = 0, "", ""
    if feed is None:
        return SourceReport(id=source.id, url=source.url, status="unchanged")
    whole = all(problem.code != "cut_short" for problem in feed.problems) and not followed.later
    # A feed that broke off is asked for again as a whole, or its rest would never come.
    source.etag = fetched.etag if whole else ""
    source.last_modified = fetched.last_modified if whole else ""
    source.name = source.name or feed.title
    entries = [entry for entry in feed.entries if entry.guid not in followed.later]
    known = _known(session, source.id, entries)
    problems = [(p.code, p.guid_or_title) for p in feed.problems]
    problems += [("no_date", e.headline) for e in feed.entries if e.published_at is None]
    problems += [("page_failed", headline) for headline, _ in followed.failed]
    source.problems = [{"code": code, "title": title} for code, title in problems]
    decision = decide(known, entries)
    topics = _Topics(session, source)
    pictures = []
    for entry in (*decision.new, *decision.changed):
        full = followed.pages.get(entry.guid, entry)
        _upsert(session, source, full, topics, content_hash=entry.content_hash, now=now)
        pictures += [full.image_url, *addresses_in(full.body_html)]
    want(session, pictures, now=now)
    return SourceReport(
        id=source.id,
        url=source.url,
        status="new",
        new=len(decision.new),
        changed=len(decision.changed),
        unchanged=decision.unchanged,
        problems=tuple(f"{code}: {title}" for code, title in problems),
    )


def _known(session: Session, source_id: int, entries: Sequence[ArticleDraft]) -> dict[str, bytes]:
    """The hashes of the entries that are articles already, by guid. What staff have edited counts
    as unchanged, whatever the feed says."""
    by_guid = {entry.guid: entry for entry in entries}
    rows = session.execute(
        select(Article.guid, Article.content_hash, Article.edited_at).where(
            Article.source_id == source_id, Article.guid.in_(by_guid)
        )
    )
    return {
        row.guid: by_guid[row.guid].content_hash if row.edited_at else row.content_hash
        for row in rows
    }


class _Topics:
    """Finds an entry's topics by its categories: a topic's slug or one of its names, whatever
    the spelling of case and hamza; the source's own topic when none fits."""

    def __init__(self, session: Session, source: Source) -> None:
        self._by_name: dict[str, Topic] = {}
        for topic in session.scalars(select(Topic).order_by(Topic.position.desc())):
            for name in (topic.slug, topic.name_ar, topic.name_en):
                self._by_name[fold_name(name)] = topic
        self._own = session.get_one(Topic, source.topic_id)

    def of(self, entry: ArticleDraft) -> list[Topic]:
        """At least one topic, the main one first."""
        named = (self._by_name.get(fold_name(category)) for category in entry.categories)
        found = list({topic.id: topic for topic in named if topic is not None}.values())
        return found or [self._own]


def _upsert(
    session: Session,
    source: Source,
    entry: ArticleDraft,
    topics: _Topics,
    *,
    content_hash: bytes,
    now: datetime,
) -> None:
    """Writes an entry as a new article, or as the next revision of the one that is there. When
    it came in is kept: an edited article is not news again. The hash is the one of what the feed
    itself said. What staff have edited stays theirs."""
    content = content_of(entry, topics.of(entry), now=now)
    content["content_hash"] = content_hash
    session.execute(
        insert(Article)
        .values(
            source_id=source.id,
            guid=entry.guid,
            published_at=entry.published_at or now,
            ingested_at=now,
            **content,
        )
        .on_conflict_do_update(
            index_elements=["source_id", "guid"],
            set_={**content, "revision": Article.revision + 1},
            where=(Article.content_hash != content_hash) & Article.edited_at.is_(None),
        )
    )


def _note_failure(
    session: Session, settings: Settings, asked: _Asked, error: FeedError, *, now: datetime
) -> None:
    source = session.get_one(Source, asked.id, with_for_update=True)
    source.polled_at = now
    source.failures += 1
    source.error_code, source.error_detail = error.code, error.detail
    rest = timedelta(seconds=settings.feed_interval) * 2 ** min(source.failures - 1, 10)
    source.next_poll_at = now + min(rest, LONGEST_REST)
