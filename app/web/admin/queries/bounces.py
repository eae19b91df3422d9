"""Reads of what came back of mails, while it is kept: of a campaign, and of one reader's mails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.bounce import BounceKind
from app.store.tables import Bounce, Subscriber


@dataclass(frozen=True, kw_only=True, slots=True)
class CameBack:
    """One mail that came back, with the mail server's words."""

    ordinal: int
    email: str
    subscriber_id: int
    kind: BounceKind
    words: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CameBackPage:
    """One page; `after` is where the next one begins, None on the last."""

    mails: list[CameBack]
    after: int | None


def came_back(session: Session, campaign_id: int, *, after: int, size: int) -> CameBackPage:
    """The bounces and complaints of a campaign, in the order of its sending."""
    rows = session.execute(
        select(Bounce, Subscriber.email)
        .join(Subscriber, Subscriber.id == Bounce.subscriber_id)
        .where(Bounce.campaign_id == campaign_id, Bounce.ordinal > after)
        .order_by(Bounce.ordinal)
        .limit(size + 1)
    ).all()
    mails = [
        CameBack(
            ordinal=bounce.ordinal,
            email=email,
            subscriber_id=bounce.subscriber_id,
            kind=bounce.kind,
            words=bounce.words,
            at=bounce.at,
        )
        for bounce, email in rows[:size]
    ]
    return CameBackPage(mails=mails, after=mails[-1].ordinal if len(rows) > size else None)


def bounces_of(session: Session, reader_id: int, campaigns: Iterable[int]) -> dict[int, Bounce]:
    """What came back of these campaigns' mails to one reader."""
    rows = session.scalars(
        select(Bounce).where(
            Bounce.subscriber_id == reader_id, Bounce.campaign_id.in_(list(campaigns))
        )
    )
    return {row.campaign_id: row for row in rows}
