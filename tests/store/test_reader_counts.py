from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.domain.segment import Match, Segment
from app.domain.subscription import Cadence, SubscriberState
from app.store import reader_counts
from app.store.audience import freeze_everyone
from app.store.reader_counts import (
    compact_tally,
    count_exactly,
    count_meant_for,
    readers_by_state,
)
from app.store.tables import Campaign, ReaderTally, Subscriber
from tests.usecases.readers import add_reader

ZONE = ZoneInfo("UTC")
Sort = tuple[SubscriberState, Cadence, int]


@pytest.fixture
def compacting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_counts, "LOOSE", -1000)


def counted(session: Session) -> dict[Sort, int]:
    key = (Subscriber.state, Subscriber.cadence, Subscriber.topic_mask)
    rows = session.execute(select(*key, func.count()).group_by(*key))
    return {(state, cadence, mask): int(number) for state, cadence, mask, number in rows}


def told(session: Session) -> dict[Sort, int]:
    key = (ReaderTally.state, ReaderTally.cadence, ReaderTally.topic_mask)
    rows = session.execute(select(*key, func.sum(ReaderTally.readers)).group_by(*key))
    return {(state, cadence, mask): int(number) for state, cadence, mask, number in rows if number}


def live_through_it(session: Session, now: datetime) -> None:
    """Readers come, change, pause, leave and are erased."""
    for number in range(8):
        paused = now + timedelta(days=1) if number in (2, 5) else None
        email = f"r{number}@example.org"
        add_reader(session, now, email, topic_mask=number % 4, paused_until=paused)
    session.execute(text("update subscriber set cadence = 'weekly' where topic_mask > 1"))
    session.execute(text("update subscriber set topic_mask = 5 where email like 'r1%'"))
    session.execute(text("update subscriber set state = 'unsubscribed' where email like 'r3%'"))
    session.execute(text("update subscriber set language = 'en'"))
    session.execute(text("delete from subscriber where email like 'r0%'"))


def test_the_tally_is_what_counting_would_tell(
    session: Session, now: datetime, compacting: None
) -> None:
    live_through_it(session, now)
    assert told(session) == counted(session)
    before = readers_by_state(session)
    assert before[SubscriberState.UNSUBSCRIBED] == 1
    assert compact_tally(session)
    assert readers_by_state(session) == before
    rows = session.scalar(select(func.count()).select_from(ReaderTally))
    assert rows == len(told(session)) == len(counted(session))


def test_a_small_tally_is_left_as_it_is(session: Session, now: datetime) -> None:
    live_through_it(session, now)
    assert not compact_tally(session)


@pytest.mark.parametrize("sendable", [True, False])
@pytest.mark.parametrize("topics", [0, 0b01, 0b11])
@pytest.mark.parametrize("match", list(Match))
@pytest.mark.parametrize("cadences", [(), (Cadence.WEEKLY,)])
def test_what_is_tallied_is_what_looking_at_all_finds(
    session: Session,
    now: datetime,
    sendable: bool,
    topics: int,
    match: Match,
    cadences: tuple[Cadence, ...],
) -> None:
    live_through_it(session, now)
    segment = Segment(topics=topics, match=match, cadences=cadences)
    looked_at = Segment(topics=topics, match=match, cadences=cadences, languages=("en", "ar"))
    found = count_exactly(session, segment, now=now, zone=ZONE, sendable=sendable)
    assert found == count_exactly(session, looked_at, now=now, zone=ZONE, sendable=sendable)


@pytest.mark.parametrize("more", [{}, {"languages": ["en"]}])
def test_a_campaign_s_readers_are_those_that_freezing_finds(
    session: Session, now: datetime, more: dict[str, list[str]]
) -> None:
    live_through_it(session, now)
    for topics in (0, 0b01, 0b10):
        for cadences in (None, ["weekly"], ["daily", "instant"]):
            campaign = Campaign(
                topic_mask=topics, cadences=cadences, segment={"topics": 0b101, **more}
            )
            sizes = freeze_everyone(session, campaign, now=now, zone=ZONE)
            frozen = sum(readers for _, readers in sizes)
            assert count_meant_for(session, campaign, now=now, zone=ZONE) == frozen


def test_readers_who_act_at_one_moment_do_not_wait_for_each_other(
    engine: Engine, compacting: None
) -> None:
    add = text("""
        insert into subscriber (email, email_key, state, cadence, topic_mask, timezone, language,
                                created_at)
        values (:email, :email, 'active', 'daily', 0, '', 'ar', now())
    """)
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            connection.execute(text("set local lock_timeout = '2s'"))
        one.execute(add, {"email": "one@example.org"})
        other.execute(add, {"email": "other@example.org"})
        with Session(other) as session:
            compact_tally(session)  # leaves what the first one has not committed
            one.rollback()
            session.rollback()


def test_emptying_the_table_empties_the_tally(session: Session, now: datetime) -> None:
    add_reader(session, now)
    session.execute(text("truncate subscriber cascade"))
    assert sum(readers_by_state(session).values()) == 0
