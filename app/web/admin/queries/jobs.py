"""Reads for the pages of long work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.job import JobKind, JobState
from app.store.tables import Job, Staff


def jobs() -> Select[Job]:
    """All that were asked for, newest first."""
    return select(Job).where(Job.state != JobState.DRAFT).order_by(Job.id.desc())


def exports(session: Session, most: int = 5) -> Sequence[Job]:
    """The last exports of readers."""
    found = jobs().where(Job.kind == JobKind.EXPORT_READERS)
    return session.scalars(found.limit(most)).all()


def staff_names(session: Session, found: Iterable[Job]) -> dict[int, str]:
    """Who asked for them, by id."""
    ids = {job.staff_id for job in found if job.staff_id}
    rows = session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(ids)))
    return {row.id: row.name or row.email for row in rows}
