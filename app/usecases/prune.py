"""Keeps the tables small: what has served its time is removed, in steps that may be repeated.

A campaign keeps its counts (its chunks, what came back) and its variants for ever; its deliveries
and bounces go after `KEEP_DELIVERIES`, long after any digest's window could still ask who got an
article. A picture goes when no article asked for it of late, but never one that a frozen edition
shows.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.job import KEEP_FILES, KEEP_JOBS
from app.usecases.staff_sessions import ABSOLUTE, IDLE

KEEP_DELIVERIES = timedelta(days=90)
KEEP_NOTICES = timedelta(days=30)
KEEP_UNCONFIRMED_SIGNUPS = timedelta(days=30)
KEEP_IP_AND_AGENT = timedelta(days=180)
KEEP_PUSHES = timedelta(days=91)
"""Longer than any lease of a hub: until then a replayed push is known by its digest."""

KEEP_JOURNALS = timedelta(days=2)
KEEP_MISSED_RUNS = timedelta(days=365)
KEEP_LINK_CHECKS = timedelta(days=1)
BATCH = 50_000
"""Rows a transaction: short enough that vacuum and workers are never kept waiting."""

JOB_FILES_BATCH = 200
JOBS_BATCH = 10
"""Pieces of half a megabyte, and jobs with the readers they added: fewer at a time."""

_ENDED_LONG_AGO = text("""
select id from campaign k
where state in ('finished', 'cancelled') and finished_at < :before
  and exists (select from delivery d where d.campaign_id = k.id)
""")

_DELIVERIES = text("""
delete from delivery where campaign_id = :campaign and ordinal in (
    select ordinal from delivery where campaign_id = :campaign limit :batch)
""")

_BOUNCES = text("""
delete from bounce where (campaign_id, ordinal) in (
    select campaign_id, ordinal from bounce where at < :before limit :batch)
""")

_NOTICES = text("""
delete from notice where id in (
    select id from notice where state in ('sent', 'failed') and created_at < :before limit :batch)
""")

_SIGNUPS = text("""
delete from signup where id in (
    select id from signup where confirmed_at is null and asked_at < :before limit :batch)
""")

_PICTURES = text("""
delete from picture where id in (
    select id from picture p
    where wanted_at < :before
      and not exists (select from campaign_picture c where c.picture_id = p.id)
    limit :batch)
""")

_PUSHES = text("""
delete from hub_push where id in (
    select id from hub_push where received_at < :before and next_at is null limit :batch)
""")

_JOB_FILES = text("""
delete from job_part where (job_id, file, number) in (
    select p.job_id, p.file, p.number from job_part p join job j on j.id = p.job_id
    where j.state not in ('waiting', 'running')
      and coalesce(j.finished_at, j.created_at) < :before limit :batch)
""")

_JOB_ADDRESSES = text("""
update job set report = report - 'first' where id in (
    select id from job
    where report ? 'first' and state not in ('waiting', 'running')
      and coalesce(finished_at, created_at) < :before limit :batch)
""")
"""The refused lines that a report shows hold addresses too."""

_JOBS = text("""
delete from job where id in (
    select id from job
    where state not in ('waiting', 'running')
      and coalesce(finished_at, created_at) < :before limit :batch)
""")

_LINK_CHECKS = text("""
delete from link_check where url_hash in (
    select url_hash from link_check where checked_at < :before limit :batch)
""")

_TEST_MAILS = text("""
delete from test_mail where id in (
    select id from test_mail where created_at < :before limit :batch)
""")

_SESSIONS = text("""
delete from staff_session where id in (
    select id from staff_session where opened_at < :oldest or seen_at < :idle limit :batch)
""")

_MISSED_RUNS = text("""
delete from missed_run where (schedule_id, slot_at) in (
    select schedule_id, slot_at from missed_run where slot_at < :before limit :batch)
""")

_TRACES = text("""
update consent_event set ip = null, user_agent = null where id in (
    select id from consent_event
    where at < :before and (ip is not null or user_agent is not null) limit :batch)
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned:
    """Rows (and files) that were removed; `traces` are consents that lost their IP and agent."""

    deliveries: int
    bounces: int
    notices: int
    signups: int
    traces: int
    journals: int
    pictures: int
    pushes: int
    job_files: int
    job_reports: int
    jobs: int
    link_checks: int
    test_mails: int
    missed_runs: int
    sessions: int


def prune(sessions: sessionmaker[Session], settings: Settings, *, now: datetime) -> Pruned:
    """Removes what is past its time. Commits in batches; may run while everything else does."""
    with sessions() as session:
        ended = session.scalars(_ENDED_LONG_AGO, {"before": now - KEEP_DELIVERIES}).all()
    return Pruned(
        deliveries=sum(_batches(sessions, _DELIVERIES, campaign=one) for one in ended),
        bounces=_batches(sessions, _BOUNCES, before=now - KEEP_DELIVERIES),
        notices=_batches(sessions, _NOTICES, before=now - KEEP_NOTICES),
        signups=_batches(sessions, _SIGNUPS, before=now - KEEP_UNCONFIRMED_SIGNUPS),
        traces=_batches(sessions, _TRACES, before=now - KEEP_IP_AND_AGENT),
        journals=_old_journals(settings.journal_dir),
        pushes=_batches(sessions, _PUSHES, before=now - KEEP_PUSHES),
        job_files=_batches(sessions, _JOB_FILES, size=JOB_FILES_BATCH, before=now - KEEP_FILES),
        job_reports=_batches(sessions, _JOB_ADDRESSES, size=JOBS_BATCH, before=now - KEEP_FILES),
        jobs=_batches(sessions, _JOBS, size=JOBS_BATCH, before=now - KEEP_JOBS),
        pictures=_batches(sessions, _PICTURES, before=now - timedelta(days=settings.picture_days)),
        link_checks=_batches(sessions, _LINK_CHECKS, before=now - KEEP_LINK_CHECKS),
        missed_runs=_batches(sessions, _MISSED_RUNS, before=now - KEEP_MISSED_RUNS),
        test_mails=_batches(sessions, _TEST_MAILS, before=now - KEEP_NOTICES),
        sessions=_batches(sessions, _SESSIONS, oldest=now - ABSOLUTE, idle=now - IDLE),
    )


def _batches(
    sessions: sessionmaker[Session], statement: TextClause, *, size: int = BATCH, **values: object
) -> int:
    total = 0
    while True:
        with sessions.begin() as session:
            result = session.execute(statement, {**values, "batch": size})
            done = int(result.rowcount)  # type: ignore[attr-defined]
        total += done
        if done < size:
            return total


def _old_journals(folder: Path) -> int:
    """A journal is asked for until its chunk's lease has run out, which is minutes."""
    before = time.time() - KEEP_JOURNALS.total_seconds()
    removed = 0
    for path in [*folder.glob("*.journal"), *folder.glob("*.new")]:
        with suppress(FileNotFoundError):  # Workers and clocks remove theirs at the same time.
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed
