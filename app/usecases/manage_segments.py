"""Segments that editors keep under a name: saved from the readers' list, used as the audience of
campaigns and schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.segment import EVERYBODY, InvalidSegment, Segment, from_json, to_json
from app.store.tables import SavedSegment, Schedule

MAX_NAME = 80


class SegmentInUse(Exception):
    """Schedules write to this segment; `schedules` are their names."""

    def __init__(self, schedules: Sequence[str]) -> None:
        super().__init__(", ".join(schedules))
        self.schedules = schedules


def list_segments(session: Session) -> Sequence[SavedSegment]:
    """All that are kept, by name."""
    return session.scalars(select(SavedSegment).order_by(SavedSegment.name)).all()


def save_segment(
    session: Session,
    *,
    now: datetime,
    name: str,
    segment: Segment,
    staff_id: int | None = None,
) -> SavedSegment:
    """Keeps a filter under a new name, flushed. Raises `InvalidSegment`: needs_name, too_long or
    taken (field "name"), or empty (field "filter") for one that means every reader."""
    name = _checked(name)
    if segment == EVERYBODY:
        raise InvalidSegment("filter", "empty")
    made: SavedSegment | None = session.scalar(
        insert(SavedSegment)
        .values(name=name, filter=to_json(segment), created_at=now, created_by=staff_id)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(SavedSegment)
    )
    if made is None:
        raise InvalidSegment("name", "taken")
    return made


def change_segment(session: Session, *, segment_id: int, segment: Segment) -> SavedSegment:
    """Gives a kept segment another filter. Campaigns that exist keep their copy; schedules use
    the new one from their next slot on. Raises `InvalidSegment` (filter: empty)."""
    if segment == EVERYBODY:
        raise InvalidSegment("filter", "empty")
    saved = session.get_one(SavedSegment, segment_id, with_for_update=True)
    saved.filter = to_json(segment)
    session.flush()
    return saved


def rename_segment(session: Session, *, segment_id: int, name: str) -> SavedSegment:
    """Gives a kept segment another name; whoever writes to it goes on doing so. Raises
    `InvalidSegment` (name: needs_name, too_long, taken)."""
    name = _checked(name)
    saved = session.get_one(SavedSegment, segment_id, with_for_update=True)
    try:
        with session.begin_nested():
            saved.name = name
    except IntegrityError:
        raise InvalidSegment("name", "taken") from None
    return saved


def users_of(session: Session, segment_id: int) -> Sequence[str]:
    """The names of the schedules that write to a segment."""
    return session.scalars(
        select(Schedule.name).where(Schedule.segment_id == segment_id).order_by(Schedule.name)
    ).all()


def delete_segment(session: Session, *, segment_id: int) -> SavedSegment:
    """Forgets a segment; its readers and the campaigns that were sent to it stay. Raises
    `SegmentInUse` while a schedule writes to it."""
    saved = session.get_one(SavedSegment, segment_id, with_for_update=True)
    if users := users_of(session, segment_id):
        raise SegmentInUse(users)
    session.delete(saved)
    session.flush()
    return saved


def filter_of(saved: SavedSegment) -> Segment:
    """What a kept segment means. Raises `InvalidSegment` for one that is not understood."""
    return from_json(saved.filter)


def _checked(name: str) -> str:
    """The name with single spaces, and without what cannot be seen and would turn words around."""
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name:
        raise InvalidSegment("name", "needs_name")
    if len(name) > MAX_NAME:
        raise InvalidSegment("name", "too_long")
    return name
