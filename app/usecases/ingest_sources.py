"""Articles come in: a source is fetched, or its hub pushes, and what is new is written.

The network is spoken to with no transaction open, several sources side by side; each source is
one transaction, so a broken feed is told on its source and stops nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.article import ArticleDraft
from app.domain.polling import next_poll
from app.feeds.errors import BadStatus, FeedError, Gone, MovedToKnown
from app.feeds.fetch import Fetched
from app.feeds.parse import ParsedFeed
from app.store.tables import HubPush, Source
from app.usecases.follow_links import Followed
from app.usecases.look_at_source import Asked, Looked, follow, look, read_pushed
from app.usecases.record_audit import record
from app.usecases.subscribe_hub import note_hub
from app.usecases.write_articles import Decision, decide, known_hashes, write_articles

log = structlog.get_logger()

SIDE_BY_SIDE = 8
"""How many sources are waited for at a time."""

_DICE = random.SystemRandom()


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


def ingest_all(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime
) -> list[SourceReport]:
    """Looks at every active source, `SIDE_BY_SIDE` at a time; what they brought is written one
    after the other. May be repeated."""
    with sessions() as session:
        found = session.scalars(select(Source).where(Source.active)).all()
        asked = [Asked.of(source) for source in found]
    reports = []
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="source") as pool:
        looks = [pool.submit(look, one, settings, now) for one in asked]
        follows: list[Future[Looked]] = []
        for done in as_completed(looks):
            looked = done.result()
            if wanted := _to_follow(sessions, looked):
                follows.append(pool.submit(follow, looked, wanted, settings, now))
            else:
                reports.append(_note(sessions, settings, looked, now=now))
        reports += [_note(sessions, settings, f.result(), now=now) for f in as_completed(follows)]
    return sorted(reports, key=lambda report: report.id)


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
        asked = Asked.of(source)
    looked = look(asked, settings, now)
    if wanted := _to_follow(sessions, looked):
        looked = follow(looked, wanted, settings, now)
    return _note(sessions, settings, looked, now=now)


def ingest_push(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, push_id: int
) -> SourceReport | None:
    """Takes in what a hub has pushed; None when it was taken in before. What cannot be read, or
    not be read as a whole, is left to the next look at the source, which is made due. May be
    repeated."""
    with sessions() as session:
        push = session.get(HubPush, push_id)
        if push is None or push.next_at is None:
            return None
        asked = Asked.of(session.get_one(Source, push.source_id))
        body, kind = push.body, push.content_type
    looked = read_pushed(asked, body, content_type=kind, settings=settings, now=now)
    if wanted := _to_follow(sessions, looked):
        looked = follow(looked, wanted, settings, now)
    with sessions.begin() as session:
        push = session.get_one(HubPush, push_id, with_for_update=True)
        if push.next_at is None:
            return None
        push.body, push.next_at = b"", None
        source = session.get_one(Source, asked.id, with_for_update=True)
        if looked.error is not None or looked.followed.later:
            source.next_poll_at = now
        if looked.feed is None:
            return _failed(source, looked.error)
        decision = write_articles(session, source, looked.feed, looked.followed, now=now)
        return _report(source, decision, [])


def _to_follow(sessions: sessionmaker[Session], looked: Looked) -> tuple[ArticleDraft, ...]:
    """The entries whose pages are to be read: what is new or changed, if the source asks for it."""
    if not looked.asked.follow_links or looked.feed is None:
        return ()
    with sessions() as session:
        known = known_hashes(session, looked.asked.id, looked.feed.entries)
    decision = decide(known, looked.feed.entries)
    return (*decision.new, *decision.changed)


def _note(
    sessions: sessionmaker[Session], settings: Settings, looked: Looked, *, now: datetime
) -> SourceReport:
    """Writes what a look gave, in one transaction."""
    with sessions.begin() as session:
        source = session.get_one(Source, looked.asked.id, with_for_update=True)
        if looked.error is not None:
            _note_failure(source, settings, looked.error, now=now)
            return _failed(source, looked.error)
        assert looked.fetched is not None
        _note_success(source, settings, now=now)
        if looked.feed is None:
            return SourceReport(id=source.id, url=source.url, status="unchanged")
        fetched, feed, followed = looked.fetched, looked.feed, looked.followed
        problems = _note_feed(source, fetched, feed, followed)
        _follow_the_move(session, source, fetched.lasting_url, now=now)
        note_hub(session, settings, source, fetched, feed, now=now)
        decision = write_articles(session, source, feed, followed, now=now)
        return _report(source, decision, problems)


def _note_success(source: Source, settings: Settings, *, now: datetime) -> None:
    source.polled_at = source.succeeded_at = now
    source.failures, source.error_code, source.error_detail = 0, "", ""
    source.next_poll_at = next_poll(
        now, interval=settings.feed_interval, failures=0, chance=_DICE.random()
    )


def _note_feed(
    source: Source, fetched: Fetched, feed: ParsedFeed, followed: Followed
) -> list[tuple[str, str]]:
    """Keeps what the feed says of itself, and the entries that lacked something."""
    whole = all(problem.code != "cut_short" for problem in feed.problems) and not followed.later
    # A feed that broke off is asked for again as a whole, or its rest would never come.
    source.etag = fetched.etag if whole else ""
    source.last_modified = fetched.last_modified if whole else ""
    source.name = source.name or feed.title
    problems = [(p.code, p.guid_or_title) for p in feed.problems]
    problems += [("no_date", e.headline) for e in feed.entries if e.published_at is None]
    problems += [("page_failed", headline) for headline, _ in followed.failed]
    source.problems = [{"code": code, "title": title} for code, title in problems]
    return problems


def _report(
    source: Source, decision: Decision, problems: Sequence[tuple[str, str]]
) -> SourceReport:
    return SourceReport(
        id=source.id,
        url=source.url,
        status="new",
        new=len(decision.new),
        changed=len(decision.changed),
        unchanged=decision.unchanged,
        problems=tuple(f"{code}: {title}" for code, title in problems),
    )


def _failed(source: Source, error: FeedError | None) -> SourceReport:
    code, detail = (error.code, error.detail) if error is not None else ("failed", "")
    log.info("source_failed", source=source.id, code=code, detail=detail)
    return SourceReport(id=source.id, url=source.url, status="failed", error=code, detail=detail)


def _follow_the_move(session: Session, source: Source, url: str, *, now: datetime) -> None:
    """A feed that was found where a redirect for good leads has that address from now on; if
    another source has it, this one ends, or each article would come in twice."""
    if not url or url == source.url:
        return
    other = session.scalar(select(Source.id).where(Source.url == url))
    if other is not None:
        source.active = False
        _note_error(source, MovedToKnown(url), now=now)
        return
    record(
        session,
        now=now,
        action="source.moved",
        object_type="source",
        object_id=source.id,
        detail={"from": source.url, "to": url},
    )
    source.moved_from, source.url = source.url, url


def _note_failure(source: Source, settings: Settings, error: FeedError, *, now: datetime) -> None:
    """Tells the failure on the source and lets it rest; what is gone for good is not asked for
    again until an editor says so."""
    source.polled_at = now
    source.failures += 1
    _note_error(source, error, now=now)
    if isinstance(error, Gone):
        source.active = False
    source.next_poll_at = next_poll(
        now,
        interval=settings.feed_interval,
        failures=source.failures,
        chance=_DICE.random(),
        wish=error.retry_after if isinstance(error, BadStatus) else 0,
    )


def _note_error(source: Source, error: FeedError, *, now: datetime) -> None:
    source.error_code, source.error_detail = error.code, error.detail
    source.failed_at, source.failed_code = now, error.code
