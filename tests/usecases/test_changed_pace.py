"""Who changes the pace misses nothing between the two digests, and gets nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignState
from app.domain.delivery import DeliveryState
from app.domain.subscription import Cadence, Choice
from app.links import ReaderToken
from app.store.tables import Campaign, Chunk, Delivery, Schedule, Variant
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.manage_subscription import change_preferences
from app.usecases.run_schedule import run_due_schedules
from tests.usecases.newsroom import Newsroom
from tests.usecases.readers import PAGE

MONDAY = datetime(2025, 1, 20, 5, tzinfo=UTC)


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    return Newsroom(session, MONDAY)


@pytest.fixture
def schedules(session: Session) -> dict[Cadence, Schedule]:
    return {
        cadence: create_schedule(
            session,
            now=MONDAY - timedelta(hours=1),
            plan=Plan(
                name=cadence.value, cadence=cadence, weekday=6, local_time=time(5), timezone="UTC"
            ),
        )
        for cadence in (Cadence.DAILY, Cadence.WEEKLY)
    }


class Days:
    """Lets the schedules run, and tells who got what."""

    def __init__(
        self, session: Session, sessions: sessionmaker[Session], settings: Settings
    ) -> None:
        self._session, self._sessions, self._settings = session, sessions, settings

    def run(self, now: datetime) -> dict[int, list[int]]:
        got: dict[int, list[int]] = {}
        for campaign_id in run_due_schedules(self._session, now=now):
            self._session.commit()
            prepare_campaign(self._sessions, self._settings, now=now, campaign_id=campaign_id)
            self._session.expire_all()
            rows = self._session.execute(
                select(Delivery.subscriber_id, Variant.article_ids)
                .join(Chunk, Chunk.campaign_id == Delivery.campaign_id)
                .join(Variant, Variant.id == Chunk.variant_id)
                .where(
                    Delivery.campaign_id == campaign_id,
                    Delivery.ordinal.between(Chunk.first, Chunk.last),
                )
            )
            for reader, articles in rows:
                got.setdefault(reader, []).extend(articles)
            self._session.execute(
                update(Delivery)
                .where(Delivery.campaign_id == campaign_id)
                .values(state=DeliveryState.SENT)
            )
            self._session.execute(
                update(Campaign)
                .where(Campaign.id == campaign_id, Campaign.state == CampaignState.SENDING)
                .values(state=CampaignState.FINISHED)
            )
        return got


def choose(session: Session, reader: int, cadence: Cadence, now: datetime) -> None:
    change_preferences(
        session,
        now=now,
        token=ReaderToken(subscriber_id=reader, campaign_id=0),
        choice=Choice(topic_mask=0, cadence=cadence),
        language="ar",
        origin=PAGE,
    )


def test_from_weekly_to_daily_nothing_is_missed(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedules: dict[Cadence, Schedule],
) -> None:
    days = Days(session, sessions, settings)
    old = newsroom.article("قبل يومين", "politics", age=timedelta(days=2))
    fresh = newsroom.article("اليوم", "politics")
    steady = newsroom.reader("steady")
    mover = newsroom.reader("mover", cadence=Cadence.WEEKLY)
    first = days.run(MONDAY)
    assert first == {steady: [fresh]}, "who was daily before gets the day's"
    choose(session, mover, Cadence.DAILY, MONDAY + timedelta(hours=2))
    newer = newsroom.article("غداً", "politics", age=timedelta(hours=-20))
    second = days.run(MONDAY + timedelta(days=1))
    assert {reader: sorted(got) for reader, got in second.items()} == {
        steady: [newer],
        mover: sorted([old, fresh, newer]),
    }
    third = days.run(MONDAY + timedelta(days=2))
    assert third == {}


def test_from_daily_to_weekly_nothing_comes_twice(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedules: dict[Cadence, Schedule],
) -> None:
    days = Days(session, sessions, settings)
    had = newsroom.article("وصل يومياً", "politics")
    reader = newsroom.reader("mover")
    assert days.run(MONDAY) == {reader: [had]}
    choose(session, reader, Cadence.WEEKLY, MONDAY + timedelta(hours=1))
    later = newsroom.article("لاحقاً", "politics", age=timedelta(days=-3))
    got: dict[int, list[int]] = {}
    for day in range(1, 7):
        got.update(days.run(MONDAY + timedelta(days=day)))
    assert got == {reader: [later]}
