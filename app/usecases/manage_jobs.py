"""Jobs as the staff see them: asked for, cancelled, taken up again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.job import SOURCES_OF, JobKind, JobState
from app.store.tables import Job


class JobConflict(Exception):
    """The job's state does not allow this step any more; `job` is how it stands."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"job {job.id} is {job.state}")
        self.job = job


def add_job(
    session: Session,
    *,
    now: datetime,
    kind: JobKind,
    staff_id: int | None,
    facts: dict[str, Any],
    state: JobState = JobState.WAITING,
    of_id: int | None = None,
) -> Job:
    """A new job, flushed. After the commit `queue.RUN_JOB` asks for one that waits; the tick finds
    it in any case."""
    job = Job(
        kind=kind,
        state=state,
        staff_id=staff_id,
        facts=facts,
        report={},
        of_id=of_id,
        created_at=now,
    )
    session.add(job)
    session.flush()
    return job


def undoing_of(session: Session, job_id: int) -> Job | None:
    """The job that undoes this one."""
    found: Job | None = session.scalar(
        select(Job).where(
            Job.of_id == job_id, Job.kind.in_((JobKind.UNDO_IMPORT, JobKind.UNDO_CHANGE))
        )
    )
    return found


def cancel_job(session: Session, *, now: datetime, job_id: int) -> Job:
    """Ends a job after the step that it is at; what was done stays. Raises `JobConflict` when
    it has ended already."""
    return _move(session, job_id, JobState.CANCELLED, finished_at=now)


def start_job(session: Session, *, job_id: int, **values: Any) -> Job:
    """Has a draft done, or one that failed or was cancelled gone on with from where it stood;
    `values` are columns that change with it. Raises `JobConflict`."""
    free = {"finished_at": None, "leased_until": func.clock_timestamp(), "tries": 0}
    return _move(session, job_id, JobState.WAITING, **free, **values)


def _move(session: Session, job_id: int, target: JobState, **values: Any) -> Job:
    """The step as a compare-and-set: of two who press at once, one has won."""
    moved = session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.state.in_(SOURCES_OF[target]))
        .values(
            **{"state": target, "token": None, "leased_until": None, "queued_at": None} | values
        )
        .returning(Job)
        .execution_options(populate_existing=True)
    )
    if moved is None:
        raise JobConflict(session.get_one(Job, job_id, populate_existing=True))
    return moved
