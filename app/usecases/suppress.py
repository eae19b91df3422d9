"""Addresses that are never written to again, kept only as HMACs of their keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.subscription import ConsentKind, SubscriberState
from app.links import Links, ReaderToken
from app.store.tables import Subscriber, Suppression
from app.usecases.consent import Origin, record_consent
from app.usecases.manage_subscription import unsubscribe


class SuppressionReason(StrEnum):
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    BY_STAFF = "by_staff"


def is_suppressed(session: Session, links: Links, email_key: str) -> bool:
    """Whether this address is suppressed, under the current key or an earlier one."""
    hmacs = links.address_hmacs(email_key)
    return bool(session.scalar(select(exists().where(Suppression.address_hmac.in_(hmacs)))))


def find_suppression(session: Session, links: Links, email_key: str) -> Suppression | None:
    """The entry of this address, the oldest where earlier keys left more than one."""
    return session.scalar(
        select(Suppression)
        .where(Suppression.address_hmac.in_(links.address_hmacs(email_key)))
        .order_by(Suppression.at)
        .limit(1)
    )


def lift_suppression(
    session: Session, links: Links, *, now: datetime, email_key: str, place: str
) -> bool:
    """Lets an address be written to again once its owner subscribes anew: its reader, where there
    is one, has left and is not brought back. False where the address was not suppressed."""
    gone = session.execute(
        delete(Suppression).where(Suppression.address_hmac.in_(links.address_hmacs(email_key)))
    )
    reader = session.scalar(
        select(Subscriber).where(Subscriber.email_key == email_key).with_for_update()
    )
    held = reader is not None and reader.state is SubscriberState.SUPPRESSED
    if reader is not None and held:
        reader.state = SubscriberState.UNSUBSCRIBED
        origin = Origin(place=place)
        record_consent(session, reader, ConsentKind.UNSUBSCRIBED, at=now, origin=origin)
    return held or bool(gone.rowcount)  # type: ignore[attr-defined]


def suppress_address(
    session: Session,
    links: Links,
    *,
    now: datetime,
    email_key: str,
    reason: SuppressionReason,
    place: str = "",
    note: str = "",
    staff_id: int | None = None,
    campaign_id: int = 0,
) -> None:
    """Suppresses an address, and its reader where there is one. May be repeated: the first
    reason stays, and the history notes it once, with the campaign that it came of. `note` must
    not hold the address."""
    session.execute(
        insert(Suppression)
        .values(
            address_hmac=links.address_hmacs(email_key)[0],
            reason=reason.value,
            at=now,
            note=note,
            staff_id=staff_id,
        )
        .on_conflict_do_nothing()
    )
    reader = session.scalar(
        select(Subscriber).where(Subscriber.email_key == email_key).with_for_update()
    )
    if reader is None or reader.state is SubscriberState.SUPPRESSED:
        return
    reader.state = SubscriberState.SUPPRESSED
    reader.left_at = now
    record_consent(
        session,
        reader,
        ConsentKind.SUPPRESSED,
        at=now,
        origin=Origin(place=place or reason.value),
        campaign_id=campaign_id,
    )


def suppress_complainer(
    session: Session,
    links: Links,
    *,
    now: datetime,
    key: str,
    reader: Subscriber | None,
    campaign_id: int = 0,
) -> None:
    """Calling a mail spam is leaving, and more: the address is not written to again."""
    if reader is not None:
        token = ReaderToken(subscriber_id=reader.id, campaign_id=campaign_id)
        unsubscribe(session, now=now, token=token, origin=Origin(place="complaint"))
    suppress_address(
        session,
        links,
        now=now,
        email_key=key,
        reason=SuppressionReason.COMPLAINED,
        campaign_id=campaign_id,
    )
