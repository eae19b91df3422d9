"""Readers and sign-ups for the tests of subscriptions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.address import parse_address
from app.domain.subscription import Cadence, Choice, ConsentKind, SubscriberState
from app.store.tables import ConsentEvent, Subscriber
from app.usecases.consent import Origin, Wording
from app.usecases.sign_up import Asked

FORM = Origin(place="sign-up form", ip="192.0.2.7", user_agent="A browser")
PAGE = Origin(place="a page", ip="2001:db8::7", user_agent="Another browser")
WORDING = Wording(text="نعم، أوافق", version="1-ar")


def asking(
    email: str = "Reader@Example.org", *, cadence: Cadence = Cadence.DAILY, topics: int = 0
) -> Asked:
    return Asked(
        address=parse_address(email),
        choice=Choice(topic_mask=topics, cadence=cadence),
        language="ar",
        wording=WORDING,
        origin=FORM,
    )


def add_reader(
    session: Session,
    now: datetime,
    email: str = "reader@example.org",
    state: SubscriberState = SubscriberState.ACTIVE,
    **values: Any,
) -> Subscriber:
    reader = Subscriber(
        **{
            "email": email,
            "email_key": email.casefold(),
            "state": state,
            "cadence": Cadence.DAILY,
            "topic_mask": 0,
            "timezone": "",
            "language": "ar",
            "created_at": now,
            "confirmed_at": now,
            "left_at": None if state is SubscriberState.ACTIVE else now,
            **values,
        }
    )
    session.add(reader)
    session.flush()
    return reader


def history(session: Session, reader: Subscriber) -> list[ConsentEvent]:
    session.flush()
    return list(
        session.scalars(
            select(ConsentEvent)
            .where(ConsentEvent.subscriber_id == reader.id)
            .order_by(ConsentEvent.at, ConsentEvent.id)
        )
    )


def kinds(session: Session, reader: Subscriber) -> list[ConsentKind]:
    return [event.kind for event in history(session, reader)]
