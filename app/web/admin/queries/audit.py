"""Reads for the page of what was done: filtered, the newest first, from one event to the next.

Each page begins after the last event of the page before, so that however long the log is, one
page is one walk along an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from app.store.tables import AuditEvent, Staff

BATCH = 1_000
"""Rows that an export reads at once."""

_Place = tuple[datetime, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which events: `staff_id` "nobody" are those of the command line, of the service itself and
    of whoever was not logged in; `since` counts, `until` does not."""

    staff_id: int | Literal["nobody"] | None = None
    action: str = ""
    object_type: str = ""
    object_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def events(
    session: Session, wanted: Wanted, *, before: AuditEvent | None, size: int
) -> Sequence[AuditEvent]:
    """The next `size` after an event, or the newest."""
    place = (before.at, before.id) if before is not None else None
    return session.scalars(_query(wanted, place).limit(size)).all()


def every_event(session: Session, wanted: Wanted) -> Iterator[AuditEvent]:
    """All of them, read in batches."""
    place: _Place | None = None
    while batch := session.scalars(_query(wanted, place).limit(BATCH)).all():
        yield from batch
        place = (batch[-1].at, batch[-1].id)
        session.expunge_all()


def names_of(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """What each of these accounts is called; one that is gone is missing."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = session.scalars(select(Staff).where(Staff.id.in_(wanted)))
    return {one.id: one.name or one.email for one in found}


def everybody(session: Session) -> Sequence[Staff]:
    """Whom the page offers to look for."""
    return session.scalars(select(Staff).order_by(Staff.email_key)).all()


def _query(wanted: Wanted, before: _Place | None) -> Select[AuditEvent]:
    query = select(AuditEvent).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    if wanted.staff_id == "nobody":
        query = query.where(AuditEvent.staff_id.is_(None))
    elif wanted.staff_id is not None:
        query = query.where(AuditEvent.staff_id == wanted.staff_id)
    if wanted.action:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.object_type:
        query = query.where(AuditEvent.object_type == wanted.object_type)
    if wanted.object_id is not None:
        query = query.where(AuditEvent.object_id == wanted.object_id)
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEvent.at < wanted.until)
    if before is not None:
        query = query.where(tuple_(AuditEvent.at, AuditEvent.id) < before)
    return query
