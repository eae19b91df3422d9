"""Runs a job: step by step, each a transaction of its own that also moves the job's place.

So a worker that is killed loses one step at most, and nothing is done twice: the tick finds the
job when its lease has run out, and it goes on from where it stood. A turn is short, so that jobs
of an hour do not keep campaigns waiting that are to be prepared by the same workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.job import MAX_TRIES, JobKind, JobRefused, JobState
from app.links import Links
from app.store.jobs import hand_back, held_job, hold, lease_job
from app.store.tables import Job
from app.usecases.change_readers import change_some
from app.usecases.export_readers import export_some
from app.usecases.import_in_steps import check_some, import_some
from app.usecases.job_tools import Step, Tools
from app.usecases.undo_change import change_some_back
from app.usecases.undo_import import undo_some

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than any step; what a killed worker costs."""

REST = timedelta(seconds=10)
"""After a step that failed."""

TURN_SECONDS = 20.0

STEPS: Mapping[JobKind, Step] = {
    JobKind.CHECK_IMPORT: check_some,
    JobKind.IMPORT: import_some,
    JobKind.UNDO_IMPORT: undo_some,
    JobKind.EXPORT_READERS: export_some,
    JobKind.CHANGE_READERS: change_some,
    JobKind.UNDO_CHANGE: change_some_back,
}


def run_job(
    sessions: sessionmaker[Session],
    settings: Settings,
    links: Links,
    *,
    now: datetime,
    job_id: int,
    stopping: Callable[[], bool] = lambda: False,
    turn: float = TURN_SECONDS,
) -> None:
    """Takes the job if nobody has it and goes on with it for a turn of about `turn` seconds, or
    until `stopping` says so; then hands it back and asks for it again. Commits after each step.
    May be repeated, and two at once do no harm."""
    token = uuid4()
    with sessions.begin() as session:
        tries = lease_job(session, job_id, token=token, lease=LEASE)
    if tries is None:
        return
    if tries > MAX_TRIES:
        _fail(sessions, job_id, token, "broken", now)
        return
    tools = Tools(settings=settings, links=links, now=now)
    deadline = time.monotonic() + turn
    try:
        while _step(sessions, job_id, token, tools):
            if stopping() or time.monotonic() >= deadline:
                break
        else:
            return
    except JobRefused as refusal:
        _fail(sessions, job_id, token, refusal.code, now)
        return
    except Exception:
        log.exception("job_step_failed", job=job_id, tries=tries)
        with sessions.begin() as session:
            hand_back(session, job_id, token, rest=REST)
        return
    with sessions.begin() as session:
        hand_back(session, job_id, token, rest=timedelta())
    queue.enqueue(settings.redis_url, queue.RUN_JOB, job_id)


def _step(sessions: sessionmaker[Session], job_id: int, token: UUID, tools: Tools) -> bool:
    """One step; whether there is another one for us."""
    with sessions.begin() as session:
        job = held_job(session, job_id, token)
        if job is None:
            return False
        ended = STEPS[job.kind](session, job, tools)
        hold(session, job, lease=LEASE)
        if ended:
            _end(job, JobState.DONE, tools.now)
        return not ended


def _fail(
    sessions: sessionmaker[Session], job_id: int, token: UUID, code: str, now: datetime
) -> None:
    log.warning("job_failed", job=job_id, code=code)
    with sessions.begin() as session:
        job = held_job(session, job_id, token)
        if job is not None:
            job.report = {**job.report, "error": code}
            _end(job, JobState.FAILED, now)


def _end(job: Job, state: JobState, now: datetime) -> None:
    job.state, job.finished_at = state, now
    job.token = job.leased_until = None
