"""Leaving, taking it back and choosing: each done twice, each in the history once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.subscription import UNDO_WINDOW, Cadence, Choice, ConsentKind, SubscriberState
from app.links import ReaderToken
from app.store.tables import Subscriber
from app.usecases.manage_subscription import change_preferences, take_back, unsubscribe
from tests.usecases.readers import PAGE, WORDING, add_reader, history, kinds

WEEKLY = Choice(topic_mask=6, cadence=Cadence.WEEKLY)


@pytest.fixture
def reader(session: Session, now: datetime) -> Subscriber:
    return add_reader(session, now - timedelta(days=9))


def token_of(reader: Subscriber, campaign_id: int = 12) -> ReaderToken:
    return ReaderToken(subscriber_id=reader.id, campaign_id=campaign_id)


def nobody() -> ReaderToken:
    return ReaderToken(subscriber_id=2**38, campaign_id=0)


def test_leaving_twice_is_leaving_once(session: Session, now: datetime, reader: Subscriber) -> None:
    for minutes in (0, 5):
        at = now + timedelta(minutes=minutes)
        left = unsubscribe(session, now=at, token=token_of(reader), origin=PAGE)
        assert left is reader
    assert (reader.state, reader.left_at) == (SubscriberState.UNSUBSCRIBED, now)
    (event,) = history(session, reader)
    assert (event.kind, event.campaign_id, event.at) == (ConsentKind.UNSUBSCRIBED, 12, now)
    assert (event.place, str(event.ip)) == (PAGE.place, PAGE.ip)


def test_leaving_outside_campaigns_names_none(
    session: Session, now: datetime, reader: Subscriber
) -> None:
    unsubscribe(session, now=now, token=token_of(reader, 0), origin=PAGE)
    assert history(session, reader)[0].campaign_id is None


def test_a_suppressed_or_erased_reader_has_nothing_to_leave(
    session: Session, now: datetime, reader: Subscriber
) -> None:
    reader.state = SubscriberState.SUPPRESSED
    session.flush()
    unsubscribe(session, now=now, token=token_of(reader), origin=PAGE)
    assert reader.state is SubscriberState.SUPPRESSED
    assert history(session, reader) == []
    assert unsubscribe(session, now=now, token=nobody(), origin=PAGE) is None


def test_leaving_can_be_taken_back_at_once_and_is_a_consent(
    session: Session, now: datetime, reader: Subscriber
) -> None:
    unsubscribe(session, now=now, token=token_of(reader), origin=PAGE)
    at = now + timedelta(minutes=1)
    for _ in range(2):
        back = take_back(session, now=at, token=token_of(reader), origin=PAGE, wording=WORDING)
        assert back is reader
    assert (reader.state, reader.left_at) == (SubscriberState.ACTIVE, None)
    assert kinds(session, reader) == [ConsentKind.UNSUBSCRIBED, ConsentKind.CONFIRMED]
    assert history(session, reader)[1].wording == WORDING.text


@pytest.mark.parametrize("state", [SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED])
def test_an_old_mail_brings_nobody_back(
    session: Session, now: datetime, state: SubscriberState
) -> None:
    left = now - UNDO_WINDOW - timedelta(minutes=1)
    reader = add_reader(session, now, "away@example.org", state=state, left_at=left)
    take_back(session, now=now, token=token_of(reader), origin=PAGE, wording=WORDING)
    assert reader.state is state
    assert history(session, reader) == []
    assert take_back(session, now=now, token=nobody(), origin=PAGE, wording=WORDING) is None


def test_choosing_is_recorded_when_something_changes(
    session: Session, now: datetime, reader: Subscriber
) -> None:
    for _ in range(2):
        change_preferences(
            session,
            now=now,
            token=token_of(reader),
            choice=WEEKLY,
            language="en",
            origin=PAGE,
        )
    assert (reader.cadence, reader.topic_mask, reader.language) == (Cadence.WEEKLY, 6, "en")
    (event,) = history(session, reader)
    assert (event.kind, event.cadence, event.topic_mask) == (
        ConsentKind.CHANGED,
        Cadence.WEEKLY,
        6,
    )


def test_who_has_left_chooses_nothing(session: Session, now: datetime, reader: Subscriber) -> None:
    unsubscribe(session, now=now, token=token_of(reader), origin=PAGE)
    found = change_preferences(
        session, now=now, token=token_of(reader), choice=WEEKLY, language="en", origin=PAGE
    )
    assert found is reader
    assert (reader.state, reader.cadence) == (SubscriberState.UNSUBSCRIBED, Cadence.DAILY)
    gone = change_preferences(
        session, now=now, token=nobody(), choice=WEEKLY, language="en", origin=PAGE
    )
    assert gone is None
