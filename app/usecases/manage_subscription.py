"""Leaving, taking it back, and changing what one gets: what a reader's own links do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.subscription import (
    PAUSE_WEEKS,
    Choice,
    ConsentKind,
    SubscriberState,
    is_paused,
    may_undo,
)
from app.links import ReaderToken
from app.store.tables import Subscriber
from app.usecases.consent import Origin, Wording, record_consent


def find_reader(session: Session, subscriber_id: int) -> Subscriber | None:
    """The reader of a token; None where the row was erased since."""
    return session.get(Subscriber, subscriber_id)


def unsubscribe(
    session: Session, *, now: datetime, token: ReaderToken, origin: Origin
) -> Subscriber | None:
    """Ends the subscription, and notes the mail it was left from. May be repeated: a reader who
    has left already, or whose address is suppressed, stays as they are.

    Returns the reader, None where there is none any more.
    """
    left: Subscriber | None = session.scalar(
        update(Subscriber)
        .where(Subscriber.id == token.subscriber_id, Subscriber.state == SubscriberState.ACTIVE)
        .values(state=SubscriberState.UNSUBSCRIBED, left_at=now)
        .returning(Subscriber),
        execution_options={"populate_existing": True},
    )
    if left is None:
        return find_reader(session, token.subscriber_id)
    record_consent(
        session,
        left,
        ConsentKind.UNSUBSCRIBED,
        at=now,
        origin=origin,
        campaign_id=token.campaign_id,
    )
    return left


def take_back(
    session: Session, *, now: datetime, token: ReaderToken, origin: Origin, wording: Wording
) -> Subscriber | None:
    """Subscribes a reader again who has just left, with what they had chosen.

    Only for a short time after leaving (`UNDO_WINDOW`), and noted as a consent of its own.
    Returns the reader, active or as they were; None where there is none any more.
    """
    reader = _locked(session, token.subscriber_id)
    if reader is None or not may_undo(state=reader.state, left_at=reader.left_at, now=now):
        return reader
    reader.state = SubscriberState.ACTIVE
    reader.left_at = None
    record_consent(
        session,
        reader,
        ConsentKind.CONFIRMED,
        at=now,
        asked_at=now,
        origin=origin,
        wording=wording,
        campaign_id=token.campaign_id,
    )
    return reader


def change_preferences(
    session: Session,
    *,
    now: datetime,
    token: ReaderToken,
    choice: Choice,
    language: str,
    origin: Origin,
) -> Subscriber | None:
    """Sets what an active reader gets; another's row stays as it is. Noted only if it changes
    something. Returns the reader, None where there is none any more."""
    reader = _locked(session, token.subscriber_id)
    if reader is None or reader.state is not SubscriberState.ACTIVE:
        return reader
    before = (reader.cadence, reader.topic_mask, reader.language)
    if choice.cadence is not reader.cadence:
        reader.cadence_changed_at = now
    reader.cadence, reader.topic_mask = choice.cadence, choice.topic_mask
    reader.language = language
    if before != (reader.cadence, reader.topic_mask, reader.language):
        record_consent(
            session,
            reader,
            ConsentKind.CHANGED,
            at=now,
            origin=origin,
            campaign_id=token.campaign_id,
        )
    return reader


def pause_mails(
    session: Session, *, now: datetime, token: ReaderToken, weeks: int, origin: Origin
) -> Subscriber | None:
    """Sends an active reader nothing for some weeks from now on (one of `PAUSE_WEEKS`); 0 ends a
    pause. What stands between now and then is not sent later. Noted only if it changes something.
    Raises `ValueError` for another number. Returns the reader, None where there is none."""
    if weeks and weeks not in PAUSE_WEEKS:
        raise ValueError(f"no pause of {weeks} weeks")
    reader = _locked(session, token.subscriber_id)
    if reader is None or reader.state is not SubscriberState.ACTIVE:
        return reader
    if weeks or is_paused(reader.paused_until, now):
        deed = f"paused for {weeks} weeks" if weeks else "pause ended"
        record_consent(
            session,
            reader,
            ConsentKind.CHANGED,
            at=now,
            origin=replace(origin, place=f"{origin.place}, {deed}"),
            campaign_id=token.campaign_id,
        )
    reader.paused_until = now + timedelta(weeks=weeks) if weeks else None
    return reader


def _locked(session: Session, subscriber_id: int) -> Subscriber | None:
    return session.scalar(
        select(Subscriber).where(Subscriber.id == subscriber_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
