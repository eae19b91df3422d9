"""The tick: finds in the database whatever is due, and asks for it again.

Each step is a transaction of its own and may be repeated, by any number of clocks. A task that
was lost with its broker is found here; one that was not lost finds its row done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.store.jobs import due_jobs
from app.store.journal import host_prefix
from app.store.leases import finish_campaign
from app.store.pictures import claim
from app.store.pulse import CLOCK, beat, forget_the_gone
from app.usecases.approve_run import skip_undecided
from app.usecases.count_readers import count_readers
from app.usecases.decide_subject import decide_due_tests
from app.usecases.fetch_pictures import TURN
from app.usecases.free_chunks import free_chunks
from app.usecases.recheck_dns import claim_look
from app.usecases.run_schedule import run_due_schedules

QUEUED_AHEAD = 32
"""Chunks in the queue at a time: enough to keep every worker busy, few enough that an alert
overtakes a digest of a million within seconds."""

ASK_AGAIN = timedelta(seconds=20)
"""How long a hint may go unanswered before the row is asked for again."""

PICTURES_AGAIN = timedelta(minutes=2)
"""The same for pictures, which may wait behind everything else."""

_CAMPAIGNS = text("""
update campaign set queued_at = :now
where (state = 'scheduled' and send_at <= :now or state = 'preparing')
  and (queued_at is null or queued_at <= :before)
returning id
""")

# The rows are chosen once: a subquery of the update would be asked again for each row where the
# planner joins in a loop, and choose more than there is room for.
_CHUNKS = text("""
with chosen as materialized (
    select c.id from chunk c join campaign k on k.id = c.campaign_id
    where k.state = 'sending' and c.state <> 'done'
      and (c.state = 'open' and c.due_at <= clock_timestamp()
           or c.state = 'leased' and c.leased_until < clock_timestamp())
      and (c.queued_at is null or c.queued_at <= clock_timestamp() - :patience)
    order by c.priority desc, c.id limit :room
    for update of c skip locked
)
update chunk set queued_at = clock_timestamp() from chosen where chunk.id = chosen.id
returning chunk.id
""")

_PREFLIGHTS = text("""
update preflight_run set queued_at = :now
where state in ('pending', 'running')
  and (leased_until is null or leased_until < clock_timestamp())
  and (queued_at is null or queued_at <= :before)
returning id
""")

_NOTICES = text("""
update notice set retry_at = :next, state = 'pending'
where state in ('pending', 'handing') and retry_at <= :now
returning id
""")

_SOURCES = text("""
update source set next_poll_at = :next
where active and next_poll_at <= :now
returning id
""")

_HUBS = text("""
update hub set next_at = :next
where next_at <= :now
  and exists (select from source s where s.id = hub.source_id and s.active)
returning source_id
""")

_PUSHES = text("""
update hub_push set next_at = :next where next_at <= :now returning id
""")

_UNFINISHED = text("""
select id from campaign k where state = 'sending'
and not exists (select from chunk c where c.campaign_id = k.id and c.state <> 'done')
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticked:
    """How many tasks one tick asked for."""

    schedules: int
    campaigns: int
    chunks: int
    notices: int
    sources: int
    hubs: int
    pushes: int
    pictures: int
    jobs: int
    preflights: int
    dns: int


def tick(sessions: sessionmaker[Session], settings: Settings, *, now: datetime) -> Ticked:
    """One look at everything that may be due."""
    with sessions.begin() as session:
        skip_undecided(session, now=now)
        scheduled = run_due_schedules(session, now=now)
    _ask(settings, queue.PREPARE_CAMPAIGN, scheduled)
    decide_due_tests(sessions, now=now)
    finish_campaigns(sessions)
    free_chunks(sessions, settings.journal_dir, host=settings.host_name)
    _report(sessions, settings, now)
    soon = now + ASK_AGAIN
    return Ticked(
        schedules=len(scheduled),
        campaigns=_find(sessions, settings, queue.PREPARE_CAMPAIGN, _due_campaigns(now)),
        chunks=feed_chunks(sessions, settings),
        notices=_find(
            sessions, settings, queue.SEND_NOTICE, lambda s: _ids(s, _NOTICES, now=now, next=soon)
        ),
        sources=_find(
            sessions, settings, queue.INGEST_SOURCE, lambda s: _due_sources(s, settings, now)
        ),
        hubs=_find(
            sessions, settings, queue.SUBSCRIBE_HUB, lambda s: _ids(s, _HUBS, now=now, next=soon)
        ),
        pushes=_find(
            sessions, settings, queue.INGEST_PUSH, lambda s: _ids(s, _PUSHES, now=now, next=soon)
        ),
        pictures=_ask_for_pictures(sessions, settings, now),
        jobs=_find(sessions, settings, queue.RUN_JOB, lambda s: due_jobs(s, patience=ASK_AGAIN)),
        preflights=_find(
            sessions,
            settings,
            queue.RUN_PREFLIGHT,
            lambda s: _ids(s, _PREFLIGHTS, now=now, before=now - ASK_AGAIN),
        ),
        dns=_ask_for_dns(sessions, settings, now),
    )


def feed_chunks(sessions: sessionmaker[Session], settings: Settings) -> int:
    """Keeps `QUEUED_AHEAD` due chunks in the queue, alerts first. Called by the tick and after
    each chunk, on any machine: only the database's clock counts."""
    waiting = queue.length(settings.redis_url, queue.BULK)
    if waiting is None:
        return 0
    room = QUEUED_AHEAD - waiting
    if room <= 0:
        return 0
    patience = ASK_AGAIN if waiting else ASK_AGAIN / 4
    return _find(
        sessions,
        settings,
        queue.DELIVER_CHUNK,
        lambda session: _ids(session, _CHUNKS, patience=patience, room=room),
    )


def finish_campaigns(sessions: sessionmaker[Session]) -> None:
    """Ends the campaigns whose last chunk was done by a worker that could not say so any more."""
    with sessions.begin() as session:
        for campaign_id in session.scalars(_UNFINISHED).all():
            finish_campaign(session, campaign_id)


def _report(sessions: sessionmaker[Session], settings: Settings, now: datetime) -> None:
    """For those who watch: this clock ticks, and so many readers there are."""
    with sessions.begin() as session:
        beat(session, CLOCK, host_prefix(settings.host_name).rstrip("."), now=now)
        forget_the_gone(session, now=now)
    with sessions.begin() as session:
        count_readers(session, settings, now=now)


def _due_campaigns(now: datetime) -> Callable[[Session], list[int]]:
    return lambda session: _ids(session, _CAMPAIGNS, now=now, before=now - ASK_AGAIN)


def _due_sources(session: Session, settings: Settings, now: datetime) -> list[int]:
    later = now + timedelta(seconds=settings.feed_interval)
    return _ids(session, _SOURCES, now=now, next=later)


def _ask_for_pictures(sessions: sessionmaker[Session], settings: Settings, now: datetime) -> int:
    """One task for a few pictures, so that a newsroom whose server hangs holds one worker only."""
    with sessions.begin() as session:
        found = claim(session, now=now, until=now + PICTURES_AGAIN, room=TURN)
    if found:
        queue.enqueue(settings.redis_url, queue.FETCH_PICTURES, *found)
    return len(found)


def _ask_for_dns(sessions: sessionmaker[Session], settings: Settings, now: datetime) -> int:
    with sessions.begin() as session:
        due = claim_look(session, settings, now=now)
    if due:
        queue.enqueue(settings.redis_url, queue.RECHECK_DNS)
    return int(due)


def _ids(session: Session, statement: TextClause, **values: object) -> list[int]:
    return list(session.execute(statement, values).scalars())


def _find(
    sessions: sessionmaker[Session],
    settings: Settings,
    task: str,
    find: Callable[[Session], list[int]],
) -> int:
    with sessions.begin() as session:
        found = find(session)
    _ask(settings, task, found)
    return len(found)


def _ask(settings: Settings, task: str, ids: list[int]) -> None:
    """Enqueues until the broker fails once: a tick must not wait for a dead one again and again."""
    for number in ids:
        if not queue.enqueue(settings.redis_url, task, number):
            return
