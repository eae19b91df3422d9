"""Jobs in workers' hands: leased, held while they get on, handed back; and the pieces of their
files.

Time in here is the database's `clock_timestamp()`, as for chunks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.domain.job import JobFile, JobState
from app.store.tables import Job, JobPart

_FREE = """
(state = 'waiting' or state = 'running' and leased_until < clock_timestamp())
"""

_LEASE = text(f"""
update job
set state = 'running', token = :token, leased_until = clock_timestamp() + :lease,
    started_at = coalesce(started_at, clock_timestamp()), tries = tries + 1, queued_at = null
where id = :id and {_FREE}
returning tries
""")  # noqa: S608  made here

_DUE = text(f"""
update job set queued_at = clock_timestamp()
where {_FREE} and (queued_at is null or queued_at <= clock_timestamp() - :patience)
returning id
""")  # noqa: S608

_HAND_BACK = text("""
update job set leased_until = clock_timestamp() + :rest, queued_at = null
where id = :id and token = :token and state = 'running'
""")


def due_jobs(session: Session, *, patience: timedelta) -> list[int]:
    """The jobs that wait or that nobody holds any more, each noted as asked for."""
    return list(session.scalars(_DUE, {"patience": patience}))


def lease_job(session: Session, job_id: int, *, token: UUID, lease: timedelta) -> int | None:
    """Takes the job, and says how often it was taken up since its last step; None when there is
    nothing to take."""
    values = {"id": job_id, "token": token, "lease": lease}
    taken: int | None = session.scalar(_LEASE, values)
    return taken


def held_job(session: Session, job_id: int, token: UUID) -> Job | None:
    """The job, locked until the commit, if it is still in these hands; None when it was
    cancelled or another worker has it."""
    held: Job | None = session.scalar(
        select(Job)
        .where(Job.id == job_id, Job.token == token, Job.state == JobState.RUNNING)
        .with_for_update()
    )
    return held


def hold(session: Session, job: Job, *, lease: timedelta) -> None:
    """The job got a step further, and stays in the same hands."""
    job.tries = 0
    job.leased_until = session.scalar(select(func.clock_timestamp() + lease))


def hand_back(session: Session, job_id: int, token: UUID, *, rest: timedelta) -> None:
    """Anybody may take the job once `rest` is over."""
    session.execute(_HAND_BACK, {"id": job_id, "token": token, "rest": rest})


def add_part(session: Session, job_id: int, file: JobFile, number: int, data: bytes) -> None:
    """Adds a piece of a file; an empty one is none."""
    if data:
        session.add(JobPart(job_id=job_id, file=file, number=number, data=data))
        session.flush()


def read_part(session: Session, job_id: int, file: JobFile, number: int) -> bytes | None:
    """One piece, None where there is none (any more)."""
    data: bytes | None = session.scalar(
        select(JobPart.data).where(
            JobPart.job_id == job_id, JobPart.file == file, JobPart.number == number
        )
    )
    return data


def read_parts(session: Session, job_id: int, file: JobFile) -> Iterator[bytes]:
    """All pieces in their order, one in memory at a time."""
    numbers = session.scalars(
        select(JobPart.number)
        .where(JobPart.job_id == job_id, JobPart.file == file)
        .order_by(JobPart.number)
    ).all()
    for number in numbers:
        data = read_part(session, job_id, file, number)
        if data is not None:
            yield data


def drop_parts(session: Session, job_id: int, file: JobFile) -> None:
    """Forgets a file of a job."""
    session.execute(delete(JobPart).where(JobPart.job_id == job_id, JobPart.file == file))
