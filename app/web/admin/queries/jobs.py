"""Reads for the pages of long work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.domain.job import KEEP_FILES, JobKind, JobState
from app.store.tables import Job, Staff


def jobs() -> Select[Job]:
    """All that were asked for, newest first."""
    return select(Job).where(Job.state != JobState.DRAFT).order_by(Job.id.desc())


def imports(session: Session, most: int = 5) -> Sequence[Job]:
    """The last imports that were begun."""
    return session.scalars(jobs().where(Job.kind == JobKind.IMPORT).limit(most)).all()


def uploads(session: Session, *, since: datetime, most: int = 5) -> Sequence[Job]:
    """Files that were uploaded, are still kept and were not imported."""
    followed = aliased(Job)
    return session.scalars(
        select(Job)
        .where(
            Job.kind == JobKind.CHECK_IMPORT,
            Job.created_at > since - KEEP_FILES,
            ~exists().where(followed.of_id == Job.id, followed.kind == JobKind.IMPORT),
        )
        .order_by(Job.id.desc())
        .limit(most)
    ).all()


def exports(session: Session, most: int = 5) -> Sequence[Job]:
    """The last exports of readers."""
    found = jobs().where(Job.kind == JobKind.EXPORT_READERS)
    return session.scalars(found.limit(most)).all()


def staff_names(session: Session, found: Iterable[Job]) -> dict[int, str]:
    """Who asked for them, by id."""
    ids = {job.staff_id for job in found if job.staff_id}
    rows = session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(ids)))
    return {row.id: row.name or row.email for row in rows}
