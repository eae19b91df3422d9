"""Finding readers: a page of a segment's readers, newest first, and how many they are.

A page is reached from the last row of the one before, so the hundredth costs what the first
does. What only a look at all readers could tell is bounded in time, and said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from psycopg.errors import QueryCanceled
from sqlalchemy import func, select, text, tuple_
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from app.domain.segment import Segment
from app.store.reader_counts import count_exactly, count_meant_for, is_tallied
from app.store.segments import condition
from app.store.tables import Campaign, Subscriber

COUNTED = 10_000
"""A page counts no further than this."""

PATIENCE = 100
"""Milliseconds that a page waits for a list or a count; who asks for it waits longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A row's place in the list: readers who joined at one moment stand by their number."""

    joined: datetime
    reader_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One page of readers, newest first. `older` and `newer` are the places to go on from, None
    where the list ends."""

    readers: Sequence[Subscriber]
    older: Place | None
    newer: Place | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many; with `more` at least so many."""

    readers: int
    more: bool = False


class TooLong(Exception):
    """It was not found in the time given: hardly any reader is meant, and all are to be asked."""


def find_readers(
    session: Session,
    segment: Segment,
    *,
    now: datetime,
    zone: ZoneInfo,
    size: int,
    older_than: Place | None = None,
    newer_than: Place | None = None,
    patience: int = PATIENCE,
) -> Found:
    """The newest readers of a segment, or those next to a place. Raises `TooLong` after
    `patience` milliseconds."""
    order: tuple[ColumnElement[datetime], ColumnElement[int]]
    here = tuple_(Subscriber.created_at, Subscriber.id)
    order = (Subscriber.created_at.desc(), Subscriber.id.desc())
    query = select(Subscriber).where(_meant(segment, now=now, zone=zone))
    if newer_than is not None:
        query = query.where(here > (newer_than.joined, newer_than.reader_id))
        order = (Subscriber.created_at.asc(), Subscriber.id.asc())
    elif older_than is not None:
        query = query.where(here < (older_than.joined, older_than.reader_id))
    with _hurry(session, patience):
        rows = list(session.scalars(query.order_by(*order).limit(size + 1)))
    beyond = len(rows) > size
    rows = rows[:size]
    if newer_than is not None:
        rows.reverse()
    if not rows:
        return Found(readers=[], older=None, newer=None)
    has_older = newer_than is not None or beyond
    has_newer = beyond if newer_than is not None else older_than is not None
    return Found(
        readers=rows,
        older=_place(rows[-1]) if has_older else None,
        newer=_place(rows[0]) if has_newer else None,
    )


def count_readers(
    session: Session,
    segment: Segment,
    *,
    now: datetime,
    zone: ZoneInfo,
    patience: int = PATIENCE,
) -> Counted | None:
    """How many readers a segment means: exactly where the tally knows, else up to `COUNTED`; None
    where that cannot be told in half of `patience` milliseconds."""
    if is_tallied(segment):
        return Counted(readers=count_exactly(session, segment, now=now, zone=zone))
    some = select(Subscriber.id).where(_meant(segment, now=now, zone=zone)).limit(COUNTED + 1)
    try:
        with _hurry(session, patience // 2):
            number = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    except TooLong:
        return None
    return Counted(readers=min(number, COUNTED), more=number > COUNTED)


def count_all(
    session: Session,
    segment: Segment,
    *,
    now: datetime,
    zone: ZoneInfo,
    patience: int,
    sendable: bool = False,
) -> int:
    """The exact number, as `store.reader_counts.count_exactly` tells it. Raises `TooLong`."""
    with _hurry(session, patience):
        return count_exactly(session, segment, now=now, zone=zone, sendable=sendable)


def count_chosen(session: Session, ids: Sequence[int]) -> int:
    """How many of these readers there are still."""
    some = select(func.count()).select_from(Subscriber).where(Subscriber.id.in_(ids))
    return session.scalar(some) or 0


def count_audience(
    session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo, patience: int
) -> int:
    """The exact number of readers that a campaign is meant for, as
    `store.reader_counts.count_meant_for` tells it. Raises `TooLong`, `InvalidSegment`."""
    with _hurry(session, patience):
        return count_meant_for(session, campaign, now=now, zone=zone)


def _meant(segment: Segment, *, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    where, values = condition(segment, now=now, zone=zone, alias="subscriber")
    return cast("ColumnElement[bool]", text(where).bindparams(**values))


def _place(reader: Subscriber) -> Place:
    return Place(joined=reader.created_at, reader_id=reader.id)


@contextmanager
def _hurry(session: Session, patience: int) -> Iterator[None]:
    """Gives a statement so many milliseconds; what the transaction did before stays."""
    try:
        with session.begin_nested():
            session.execute(text(f"set local statement_timeout = {int(patience)}"))
            yield
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TooLong from None
        raise
    session.execute(text("set local statement_timeout to default"))
