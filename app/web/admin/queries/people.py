"""Reads for the pages about readers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.subscription import SubscriberState
from app.store.tables import ConsentEvent, Signup, Subscriber, Topic


def readers(state: SubscriberState | None, words_pattern: str | None) -> Select[Subscriber]:
    """Newest first, in a state and with the words in the address."""
    query = select(Subscriber).order_by(Subscriber.id.desc())
    if state is not None:
        query = query.where(Subscriber.state == state)
    if words_pattern is not None:
        query = query.where(Subscriber.email_key.like(words_pattern))
    return query


def reader_counts(session: Session) -> dict[SubscriberState, int]:
    """How many readers are in each state, zeroes included."""
    rows = session.execute(select(Subscriber.state, func.count()).group_by(Subscriber.state))
    found = dict(rows.all())
    return {state: found.get(state, 0) for state in SubscriberState}


def waiting_signups(session: Session) -> int:
    """How many askings have not been confirmed."""
    return (
        session.scalar(
            select(func.count()).where(Signup.confirmed_at.is_(None)).select_from(Signup)
        )
        or 0
    )


def consent_history(session: Session, reader: Subscriber) -> Sequence[ConsentEvent]:
    """What was agreed to, the newest first."""
    return session.scalars(
        select(ConsentEvent)
        .where(ConsentEvent.subscriber_id == reader.id)
        .order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())
    ).all()


def topic_names(topics: Sequence[Topic], mask: int, language: str) -> list[str]:
    """The topics of a mask by name; none for the mask that follows everything."""
    return [topic.name(language) for topic in topics if mask >> topic.bit & 1]
