"""Readers counted by day, from their history and in the site's time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.store.pulse import READERS, beat
from app.store.tables import ConsentEvent, ReaderDay, Subscriber
from app.usecases.count_readers import count_readers

K, S = ConsentKind, SubscriberState


class Town:
    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.made = 0

    def reader(self, state: SubscriberState, *events: tuple[ConsentKind, float]) -> Subscriber:
        """`events` are kinds with how many hours ago."""
        self.made += 1
        email = f"reader{self.made}@example.org"
        reader = Subscriber(
            email=email, email_key=email, state=state, cadence=Cadence.DAILY, created_at=self.now
        )
        self.session.add(reader)
        self.session.flush()
        for kind, hours in events:
            self.session.add(
                ConsentEvent(
                    subscriber_id=reader.id,
                    kind=kind,
                    at=self.now - timedelta(hours=hours),
                    cadence=Cadence.DAILY,
                    topic_mask=0,
                )
            )
            self.session.flush()
        return reader

    def days(self) -> dict[date, tuple[int, int, int]]:
        rows = self.session.scalars(
            select(ReaderDay).order_by(ReaderDay.day).execution_options(populate_existing=True)
        )
        return {row.day: (row.active, row.gained, row.lost) for row in rows}


@pytest.fixture
def town(session: Session, now: datetime) -> Town:
    return Town(session, now)


def test_the_days_are_those_of_the_site(town: Town, settings: Settings, now: datetime) -> None:
    """It is 08:30 in Beirut: seven hours ago is this day there, and the day before in UTC."""
    town.reader(S.ACTIVE, (K.ASKED, 9), (K.CONFIRMED, 7))
    town.reader(S.ACTIVE, (K.CONFIRMED, 9))
    town.reader(S.ACTIVE, (K.IMPORTED, 2))
    town.reader(S.UNSUBSCRIBED, (K.CONFIRMED, 72), (K.CHANGED, 2), (K.UNSUBSCRIBED, 1))
    assert count_readers(town.session, settings, now=now)
    assert town.days() == {
        date(2025, 1, 19): (1, 1, 0),
        date(2025, 1, 20): (1, 0, 0),
        date(2025, 1, 21): (2, 1, 0),
        date(2025, 1, 22): (3, 2, 1),
    }


def test_who_confirms_twice_came_once_and_who_left_is_not_lost_again(
    town: Town, settings: Settings, now: datetime
) -> None:
    town.reader(S.ACTIVE, (K.CONFIRMED, 3), (K.CONFIRMED, 2))
    town.reader(S.SUPPRESSED, (K.CONFIRMED, 3), (K.UNSUBSCRIBED, 2), (K.SUPPRESSED, 1))
    town.reader(S.ACTIVE, (K.CONFIRMED, 3), (K.UNSUBSCRIBED, 2), (K.CONFIRMED, 1))
    count_readers(town.session, settings, now=now)
    assert town.days() == {date(2025, 1, 22): (2, 4, 2)}
    row = town.session.scalars(select(ReaderDay)).one()
    assert (row.unsubscribed, row.suppressed, row.waiting) == (0, 1, 0)


def test_the_last_counted_day_is_counted_to_its_end(
    town: Town, settings: Settings, now: datetime
) -> None:
    town.reader(S.ACTIVE, (K.CONFIRMED, 1))
    count_readers(town.session, settings, now=now)
    town.reader(S.ACTIVE, (K.CONFIRMED, -8))
    town.reader(S.ACTIVE, (K.CONFIRMED, -30))
    count_readers(town.session, settings, now=now + timedelta(hours=48))
    assert town.days() == {
        date(2025, 1, 22): (2, 2, 0),
        date(2025, 1, 23): (3, 1, 0),
        date(2025, 1, 24): (3, 0, 0),
    }


def test_counting_takes_a_small_part_of_the_time(
    town: Town, settings: Settings, now: datetime
) -> None:
    assert count_readers(town.session, settings, now=now)
    assert not count_readers(town.session, settings, now=now + timedelta(seconds=9))
    assert count_readers(town.session, settings, now=now + timedelta(seconds=11))
    beat(town.session, READERS, "count", now=now, seconds=3.0)
    town.session.expire_all()
    assert not count_readers(town.session, settings, now=now + timedelta(minutes=9))
    assert count_readers(town.session, settings, now=now + timedelta(minutes=11))
