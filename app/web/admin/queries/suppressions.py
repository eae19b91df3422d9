"""Reads for the page of the suppression list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.store.tables import Suppression

COUNTED = 10_000
"""The page counts no further."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Entries:
    """A page of entries, the newest first; `older` is the place of the next, None on the last."""

    entries: Sequence[Suppression]
    older: str | None


def entries(session: Session, older_than: str) -> Entries:
    """The newest entries, or those behind a place that a page before has named."""
    query = select(Suppression).order_by(Suppression.at.desc(), Suppression.address_hmac.desc())
    if place := _read(older_than):
        query = query.where(tuple_(Suppression.at, Suppression.address_hmac) < place)
    rows = session.scalars(query.limit(_SHOWN + 1)).all()
    more = len(rows) > _SHOWN
    return Entries(entries=rows[:_SHOWN], older=_write(rows[_SHOWN - 1]) if more else None)


def count(session: Session) -> int:
    """How many addresses are on the list; `COUNTED` + 1 for all that are more."""
    some = select(Suppression.at).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _write(entry: Suppression) -> str:
    moment = (entry.at - _EPOCH) // timedelta(microseconds=1)
    return f"{moment}.{entry.address_hmac.hex()}"


def _read(place: str) -> tuple[datetime, bytes] | None:
    moment, _, fingerprint = place.partition(".")
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), bytes.fromhex(fingerprint)
    except (ValueError, OverflowError):
        return None
