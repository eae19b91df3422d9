from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from redis import Redis
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.campaign import CampaignState, SkipReason
from app.domain.schedule import InvalidSchedule, MissReason
from app.domain.subscription import Cadence
from app.store.tables import Campaign, Chunk, MissedRun, Schedule
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_schedules import (
    Plan,
    create_schedule,
    delete_schedule,
    set_schedule_active,
)
from app.usecases.run_schedule import run_due_schedules
from app.usecases.tick import ASK_AGAIN, QUEUED_AHEAD, tick
from tests.store.ledger_rows import add_campaign
from tests.usecases.newsroom import Newsroom


@pytest.fixture(autouse=True)
def empty_queues(redis_url: str) -> None:
    Redis.from_url(redis_url).flushall()


def daily(session: Session, now: datetime, **values: object) -> Schedule:
    schedule = create_schedule(
        session,
        now=now,
        plan=Plan(
            name="نشرة الصباح",
            cadence=values.pop("cadence", Cadence.DAILY),  # type: ignore[arg-type]
            local_time=time(9),
            timezone="Asia/Beirut",
            **values,  # type: ignore[arg-type]
        ),
    )
    session.commit()
    return schedule


def runs(session: Session, schedule: Schedule) -> list[Campaign]:
    return list(
        session.scalars(
            select(Campaign)
            .where(Campaign.schedule_id == schedule.id)
            .order_by(Campaign.slot_at)
            .execution_options(populate_existing=True)
        )
    )


def missed(session: Session, schedule: Schedule) -> list[tuple[datetime, MissReason]]:
    rows = session.execute(
        select(MissedRun.slot_at, MissedRun.reason)
        .where(MissedRun.schedule_id == schedule.id)
        .order_by(MissedRun.slot_at)
    )
    return [(row.slot_at, row.reason) for row in rows]


def test_a_slot_becomes_one_campaign_however_many_clocks_tick(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    schedule = daily(session, now)
    assert schedule.next_at.isoformat() == "2025-01-22T07:00:00+00:00"
    before = schedule.next_at - timedelta(seconds=1)
    assert tick(sessions, settings, now=before).schedules == 0
    slot = schedule.next_at
    assert tick(sessions, settings, now=slot).schedules == 1
    assert tick(sessions, settings, now=slot).schedules == 0
    (run,) = runs(session, schedule)
    assert (run.state, run.slot_at) == (CampaignState.SCHEDULED, slot)
    assert queue.length(settings.redis_url, queue.CONTENT) == 1
    # A second clock that read the schedule before the first one moved it on:
    session.refresh(schedule)
    schedule.next_at = slot
    session.commit()
    assert run_due_schedules(session, now=slot) == []
    assert len(runs(session, schedule)) == 1


@pytest.mark.parametrize(
    ("cadence", "asked", "public"),
    [
        (Cadence.DAILY, None, True),
        (Cadence.WEEKLY, None, True),
        (Cadence.INSTANT, None, False),
        (Cadence.DAILY, False, False),
        (Cadence.INSTANT, True, True),
    ],
)
def test_a_schedule_says_whether_its_editions_stand_in_the_archive(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    cadence: Cadence,
    asked: bool | None,
    public: bool,
) -> None:
    weekday = 2 if cadence is Cadence.WEEKLY else None
    schedule = daily(session, now, cadence=cadence, weekday=weekday, public=asked)
    Newsroom(session, schedule.next_at).article("خبر", "politics", age=timedelta(0))
    session.commit()
    tick(sessions, settings, now=schedule.next_at)
    (run,) = runs(session, schedule)
    assert run.public is public


def test_a_run_with_nothing_new_is_shown_as_skipped(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    newsroom = Newsroom(session, now)
    newsroom.reader("r")
    schedule = daily(session, now)
    slot = schedule.next_at
    tick(sessions, settings, now=slot)
    (run,) = runs(session, schedule)
    prepare_campaign(sessions, settings, now=slot, campaign_id=run.id)
    (run,) = runs(session, schedule)
    assert (run.state, run.reason) == (CampaignState.SKIPPED, SkipReason.NOTHING_NEW)


def test_articles_wait_for_a_run_that_has_enough(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    newsroom = Newsroom(session, now)
    newsroom.reader("r")
    newsroom.article("خبر وحيد", "politics")
    schedule = daily(session, now, min_articles=2)
    first = schedule.next_at
    tick(sessions, settings, now=first)
    prepare_campaign(sessions, settings, now=first, campaign_id=runs(session, schedule)[0].id)
    run = runs(session, schedule)[0]
    assert (run.state, run.reason) == (CampaignState.SKIPPED, SkipReason.TOO_FEW_ARTICLES)


def test_a_slot_missed_for_long_is_noted_and_not_made_up_for(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    schedule = daily(session, now)
    first = schedule.next_at
    late = first + timedelta(days=2, hours=13)
    assert tick(sessions, settings, now=late).schedules == 0
    session.refresh(schedule)
    assert schedule.next_at > late
    assert runs(session, schedule) == []
    assert missed(session, schedule) == [
        (first + timedelta(days=n), MissReason.NOT_RUNNING) for n in range(3)
    ]


def test_after_days_of_silence_the_slot_of_this_morning_still_runs(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    schedule = daily(session, now)
    first = schedule.next_at
    assert tick(sessions, settings, now=first + timedelta(days=2, hours=3)).schedules == 1
    (run,) = runs(session, schedule)
    assert run.slot_at == first + timedelta(days=2)
    assert len(missed(session, schedule)) == 2


def test_an_instant_schedule_leaves_no_trace_when_nothing_is_new(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    newsroom = Newsroom(session, now)
    schedule = daily(session, now, cadence=Cadence.INSTANT)
    slot = schedule.next_at
    tick(sessions, settings, now=slot)
    assert runs(session, schedule) == []
    newsroom.article("عاجل", "politics", age=-timedelta(minutes=1))
    session.commit()
    session.refresh(schedule)
    tick(sessions, settings, now=schedule.next_at)
    assert len(runs(session, schedule)) == 1


def test_a_paused_schedule_is_silent_and_a_deleted_one_leaves_its_campaigns(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    schedule = daily(session, now)
    slot = schedule.next_at
    set_schedule_active(session, now=now, schedule_id=schedule.id, active=False)
    session.commit()
    assert tick(sessions, settings, now=slot).schedules == 0
    assert missed(session, schedule) == [(slot, MissReason.PAUSED)]
    set_schedule_active(session, now=slot, schedule_id=schedule.id, active=True)
    session.commit()
    session.refresh(schedule)
    assert schedule.next_at == slot + timedelta(days=1)
    tick(sessions, settings, now=schedule.next_at)
    (run,) = runs(session, schedule)
    delete_schedule(session, now=now, schedule_id=schedule.id)
    session.commit()
    session.refresh(run)
    assert run.schedule_id is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "needs_name"),
        ({"timezone": "Nowhere/City"}, "unknown_zone"),
        ({"cadence": Cadence.WEEKLY, "weekday": None}, "needs_weekday"),
        ({"days": 0}, "needs_days"),
        ({"min_articles": 0}, "bad_minimum"),
        ({"approval_lead": -1}, "bad_lead"),
        ({"approval_limit": 0}, "bad_limit"),
        ({"segment_id": 999_999}, "unknown_segment"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(
    session: Session, now: datetime, values: dict[str, object], code: str
) -> None:
    given: dict[str, object] = {
        "name": "x",
        "cadence": Cadence.DAILY,
        "weekday": None,
        "local_time": time(7),
        "timezone": "Asia/Beirut",
        **values,
    }
    with pytest.raises(InvalidSchedule) as refused:
        create_schedule(session, now=now, plan=Plan(**given))  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize("looped", [False, True], ids=["as planned", "in loops"])
def test_a_lost_hint_is_given_again_and_the_queue_stays_short(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    looped: bool,
) -> None:
    """However PostgreSQL plans the statement, which depends on what it knows of its tables."""
    first = add_campaign(session, now, readers=1)
    session.execute(
        text(
            "insert into chunk (campaign_id, variant_id, first, last, date_at, due_at, state,"
            " priority, journal, leases, sent, failed, deferred, skipped, unknown)"
            " select campaign_id, variant_id, 1 + n, 1 + n, date_at, due_at, 'open', n / 50,"
            " '', 0, 0, 0, 0, 0, 0 from chunk, generate_series(1, 60) n where id = :id"
        ),
        {"id": first.id},
    )
    session.commit()
    if looped:
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            session.execute(text(f"set local enable_{way} = off"))
    assert tick(sessions, settings, now=now).chunks == QUEUED_AHEAD
    assert queue.length(settings.redis_url, queue.BULK) == QUEUED_AHEAD
    urgent = session.scalar(
        select(Chunk.id).where(Chunk.queued_at.is_not(None)).order_by(Chunk.priority.desc())
    )
    assert urgent is not None
    assert session.get_one(Chunk, urgent).priority == 1, "what is urgent is asked for first"
    assert tick(sessions, settings, now=now + ASK_AGAIN * 2).chunks == 0, "the queue is full"
    Redis.from_url(settings.redis_url).flushall()
    session.execute(update(Chunk).values(queued_at=Chunk.queued_at - ASK_AGAIN))
    session.commit()
    assert tick(sessions, settings, now=now).chunks == QUEUED_AHEAD


def test_without_a_broker_a_tick_still_moves_the_schedules(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    schedule = daily(session, now)
    away = settings.with_(redis_url="redis://127.0.0.1:1/0")
    ticked = tick(sessions, away, now=schedule.next_at)
    assert (ticked.schedules, ticked.chunks) == (1, 0)
    assert len(runs(session, schedule)) == 1
