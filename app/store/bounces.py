"""What came back of deliveries: kept once, in its worst state, and counted as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.bounce import BounceKind, Failure, step
from app.domain.delivery import DeliveryState
from app.store.tables import Bounce, BounceTally, Delivery, FeedbackTally

_MAILS = text("""
select count(*)
from campaign k join delivery d on d.campaign_id = k.id and d.subscriber_id = :reader
where k.id >= :first and d.state in ('sent', 'handing', 'unknown')
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """A delivery that something came back of; `at` is when its state was written."""

    campaign_id: int
    ordinal: int
    subscriber_id: int
    state: DeliveryState
    at: datetime | None


def find_delivered(session: Session, campaign_id: int, ordinal: int) -> Delivered | None:
    """None where there is no such delivery, or none any more. Its row is in a worker's hands, and
    is only read."""
    row = session.execute(
        select(Delivery.subscriber_id, Delivery.state, Delivery.at).where(
            Delivery.campaign_id == campaign_id, Delivery.ordinal == ordinal
        )
    ).one_or_none()
    if row is None:
        return None
    return Delivered(
        campaign_id=campaign_id,
        ordinal=ordinal,
        subscriber_id=row.subscriber_id,
        state=row.state,
        at=row.at,
    )


def keep_bounce(
    session: Session, of: Delivered, kind: BounceKind, failure: Failure, *, now: datetime
) -> bool:
    """Keeps what came back, if it says more than is known already, and counts it. Two that keep
    the same at once: one does, the other sees it."""
    values = {"kind": kind, "status": failure.status, "words": failure.words, "at": now}
    new = session.execute(
        insert(Bounce)
        .values(
            campaign_id=of.campaign_id,
            ordinal=of.ordinal,
            subscriber_id=of.subscriber_id,
            **values,
        )
        .on_conflict_do_nothing()
        .returning(Bounce.ordinal)
    ).scalar()
    if new is not None:
        _tally(session, of.campaign_id, {kind: 1})
        return True
    here = (Bounce.campaign_id == of.campaign_id, Bounce.ordinal == of.ordinal)
    was = session.execute(select(Bounce.kind).where(*here).with_for_update()).scalar_one()
    if step(was, kind) is None:
        return False
    session.execute(update(Bounce).where(*here).values(**values))
    _tally(session, of.campaign_id, {was: -1, kind: 1})
    return True


def _tally(session: Session, campaign_id: int, changes: dict[BounceKind, int]) -> None:
    counts = {kind.value: n for kind, n in changes.items()}
    columns = {name: getattr(BounceTally, name) for name in counts}
    session.execute(
        insert(BounceTally)
        .values(campaign_id=campaign_id, **counts)
        .on_conflict_do_update(
            index_elements=["campaign_id"],
            set_={name: columns[name] + n for name, n in counts.items()},
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SoftBounces:
    """Those of one reader, one a mail, and how many mails went out since the first of them."""

    at: Sequence[datetime]
    mails: int


def soft_bounces(session: Session, subscriber_id: int, *, since: datetime) -> SoftBounces:
    rows = session.execute(
        select(Bounce.at, Bounce.campaign_id).where(
            Bounce.subscriber_id == subscriber_id,
            Bounce.kind == BounceKind.SOFT,
            Bounce.at > since,
        )
    ).all()
    if not rows:
        return SoftBounces(at=(), mails=0)
    first = min(campaign for _, campaign in rows)
    mails = session.scalar(_MAILS, {"reader": subscriber_id, "first": first}) or 0
    return SoftBounces(at=[at for at, _ in rows], mails=mails)


def count_feedback(session: Session, outcome: str, *, now: datetime) -> None:
    """One more message that ended so. Waits for another that is counted at this moment: the last
    statement before the commit."""
    session.execute(
        insert(FeedbackTally)
        .values(outcome=outcome, messages=1, at=now)
        .on_conflict_do_update(
            index_elements=["outcome"],
            set_={"messages": FeedbackTally.messages + 1, "at": now},
        )
    )
