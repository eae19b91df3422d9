"""The web sites on which the sign-up box may stand, allowed and forbidden by editors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.origin import InvalidOrigin, parse_origin
from app.store.tables import AllowedOrigin

MOST_ORIGINS = 40
"""All of them stand in one header of the box."""


class OriginRefused(Exception):
    """The site is not added. `code` is too_many, known, or that of `InvalidOrigin`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def list_origins(session: Session) -> Sequence[AllowedOrigin]:
    """The allowed sites, by name."""
    return session.scalars(select(AllowedOrigin).order_by(AllowedOrigin.origin)).all()


def origin_names(session: Session) -> list[str]:
    """The same as browsers write them."""
    return list(session.scalars(select(AllowedOrigin.origin).order_by(AllowedOrigin.origin)))


def allow_origin(
    session: Session, *, now: datetime, typed: str, staff_id: int | None
) -> AllowedOrigin:
    """Lets the box stand on the site of this address, flushed. Raises `OriginRefused`."""
    try:
        origin = parse_origin(typed)
    except InvalidOrigin as refusal:
        raise OriginRefused(refusal.code) from None
    # Two that add at once are counted one after the other.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("origins", 0))))
    if (session.scalar(select(func.count()).select_from(AllowedOrigin)) or 0) >= MOST_ORIGINS:
        raise OriginRefused("too_many")
    made: AllowedOrigin | None = session.scalar(
        insert(AllowedOrigin)
        .values(origin=origin, created_at=now, created_by=staff_id)
        .on_conflict_do_nothing(index_elements=["origin"])
        .returning(AllowedOrigin)
    )
    if made is None:
        raise OriginRefused("known")
    return made


def forbid_origin(session: Session, *, origin_id: int) -> bool:
    """The box stands there no more from the next request on; False when it did not anyway."""
    gone = session.execute(
        delete(AllowedOrigin).where(AllowedOrigin.id == origin_id).returning(AllowedOrigin.id)
    ).scalar()
    return gone is not None
