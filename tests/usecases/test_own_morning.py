"""A schedule on each reader's own clock, from its slot to the due times of the chunks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignState
from app.domain.subscription import Cadence
from app.store.tables import Campaign, Chunk, Delivery, Schedule, Subscriber
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.run_schedule import run_due_schedules
from app.usecases.schedule_slots import Slots
from tests.usecases.newsroom import Newsroom

NOW = datetime(2025, 1, 22, 1, tzinfo=UTC)
ZONES = {
    "gulf": "Asia/Dubai",
    "home": "",
    "levant": "Asia/Beirut",
    "west": "America/Montreal",
    "lost": "Mars/Olympus",
}


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    return Newsroom(session, NOW)


def schedule_of(session: Session, cadence: Cadence = Cadence.DAILY) -> Schedule:
    return create_schedule(
        session,
        now=NOW,
        plan=Plan(
            name="نشرة الصباح",
            cadence=cadence,
            weekday=6,
            local_time=time(7),
            timezone="Asia/Beirut",
            own_morning=True,
        ),
    )


def test_each_reader_gets_the_edition_at_seven(
    session: Session, sessions: sessionmaker[Session], settings: Settings, newsroom: Newsroom
) -> None:
    newsroom.article("خبر", "politics")
    readers = {}
    for name, zone in ZONES.items():
        readers[newsroom.reader(name)] = name
        session.execute(
            update(Subscriber).where(Subscriber.id == max(readers)).values(timezone=zone)
        )
    schedule = schedule_of(session)
    closes = datetime(2025, 1, 22, 3, tzinfo=UTC)
    assert (schedule.next_at, schedule.next_day) == (closes, date(2025, 1, 22))
    assert run_due_schedules(session, now=closes - timedelta(seconds=1)) == []
    (made,) = run_due_schedules(session, now=closes)
    assert schedule.next_at == closes + timedelta(days=1)
    session.commit()
    prepare_campaign(sessions, settings, now=closes, campaign_id=made)
    session.expire_all()
    assert session.get_one(Campaign, made).state is CampaignState.SENDING
    rows = session.execute(
        select(Delivery.subscriber_id, Chunk.due_at, Chunk.date_at, Chunk.variant_id)
        .join(Chunk, Chunk.campaign_id == Delivery.campaign_id)
        .where(Delivery.campaign_id == made, Delivery.ordinal.between(Chunk.first, Chunk.last))
    ).all()
    due = {readers[row.subscriber_id]: row.due_at for row in rows}
    beirut = datetime(2025, 1, 22, 5, tzinfo=UTC)
    assert due == {
        "gulf": closes,
        "home": beirut,
        "levant": beirut,
        "lost": beirut,
        "west": datetime(2025, 1, 22, 12, tzinfo=UTC),
    }
    assert all(row.date_at == row.due_at for row in rows)
    assert len({row.variant_id for row in rows}) == 1, "the list is rendered once for all zones"


def test_coming_runs_follow_the_readers(session: Session, newsroom: Newsroom) -> None:
    schedule = schedule_of(session, Cadence.WEEKLY)
    assert Slots(session, schedule).coming(NOW, 2) == [
        datetime(2025, 1, 26, 5, tzinfo=UTC),
        datetime(2025, 2, 2, 5, tzinfo=UTC),
    ]
    reader = newsroom.reader("gulf", cadence=Cadence.WEEKLY)
    session.execute(update(Subscriber).where(Subscriber.id == reader).values(timezone="Asia/Dubai"))
    assert Slots(session, schedule).coming(NOW, 1) == [datetime(2025, 1, 26, 3, tzinfo=UTC)]
