"""A run that waits for approval: its draft and its mail, the decision, the limit, two editors."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.campaign import Approval, CampaignConflict, CampaignState, SkipReason
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.links import Links
from app.store.tables import AuditEvent, Campaign, Notice, Schedule, Staff, Variant
from app.usecases.approve_run import approve_run, hold_run
from app.usecases.compose_notice import compose_notice
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_schedules import (
    Plan,
    ScheduleConflict,
    create_schedule,
    delete_schedule,
    newest_run,
    run_now,
)
from app.usecases.tick import tick
from tests.usecases.newsroom import Newsroom


@pytest.fixture(autouse=True)
def empty_queues(redis_url: str) -> None:
    Redis.from_url(redis_url).flushall()


@pytest.fixture
def editors(session: Session, now: datetime) -> list[Staff]:
    """Two who may decide, and one who may not."""
    made = [
        Staff(
            email=f"{role}@levant.example",
            email_key=f"{role}@levant.example",
            password_hash="x",
            role=role,
            language="en" if role is Role.OWNER else "ar",
            created_at=now,
        )
        for role in (Role.OWNER, Role.EDITOR, Role.AUTHOR)
    ]
    session.add_all(made)
    session.commit()
    return made


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    newsroom = Newsroom(session, now)
    newsroom.reader("r")
    newsroom.article("المرفأ يستقبل أول سفينة", "economy")
    session.commit()
    return newsroom


@pytest.fixture
def schedule(session: Session, now: datetime, editors: list[Staff]) -> Schedule:
    made = create_schedule(
        session,
        now=now,
        plan=Plan(
            name="نشرة الصباح",
            cadence=Cadence.DAILY,
            local_time=time(9),
            timezone="Asia/Beirut",
            needs_approval=True,
            approval_lead=30,
            approval_limit=60,
        ),
    )
    session.commit()
    return made


LEAD, LIMIT = timedelta(minutes=30), timedelta(minutes=60)


def the_run(session: Session) -> Campaign:
    return session.scalars(select(Campaign).execution_options(populate_existing=True)).one()


def draft(
    session: Session, sessions: sessionmaker[Session], settings: Settings, schedule: Schedule
) -> Campaign:
    session.refresh(schedule)
    tick(sessions, settings, now=schedule.next_at - LEAD)
    return the_run(session)


def test_the_draft_is_made_before_its_time_and_the_editors_are_asked(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedule: Schedule,
    editors: list[Staff],
) -> None:
    slot = schedule.next_at
    tick(sessions, settings, now=slot - LEAD - timedelta(seconds=1))
    assert session.scalars(select(Campaign.id)).all() == []
    run = draft(session, sessions, settings, schedule)
    assert (run.state, run.approval, run.slot_at) == (CampaignState.DRAFT, Approval.WAITING, slot)
    assert run.approve_by == slot + LIMIT
    notices = session.scalars(select(Notice).order_by(Notice.staff_id)).all()
    assert [notice.staff_id for notice in notices] == [editors[0].id, editors[1].id]
    assert {notice.kind for notice in notices} == {NoticeKind.APPROVAL}
    english, arabic = (
        compose_notice(session, notice, settings=settings, links=Links(settings))
        for notice in notices
    )
    assert "To approve" in english.subject
    assert "للاعتماد" in arabic.subject
    for mail in (english, arabic):
        assert f"/admin/campaigns/{run.id}/approval" in mail.text
        assert "المرفأ يستقبل أول سفينة" in mail.text
        assert "المرفأ يستقبل أول سفينة" in mail.html
    assert "الساعة ٠٩:٠٠" in arabic.text
    tick(sessions, settings, now=slot)
    assert the_run(session).state is CampaignState.DRAFT, "nothing goes out by itself"


def test_what_was_approved_goes_out_at_its_time_and_nothing_that_came_later_is_in_it(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedule: Schedule,
    editors: list[Staff],
    now: datetime,
) -> None:
    slot = schedule.next_at
    seen = newsroom.article("سعر الصرف ثابت", "economy", age=timedelta(minutes=20))
    run = draft(session, sessions, settings, schedule)
    newsroom.article("خبر بعد المسودة", "economy", age=now - slot + timedelta(minutes=10))
    approve_run(
        session,
        now=slot - timedelta(minutes=5),
        campaign_id=run.id,
        version=run.version,
        staff_id=editors[1].id,
    )
    session.commit()
    assert tick(sessions, settings, now=slot - timedelta(minutes=1)).campaigns == 0
    assert tick(sessions, settings, now=slot).campaigns == 1
    prepare_campaign(sessions, settings, now=slot, campaign_id=run.id)
    run = the_run(session)
    assert (run.state, run.decided_by) == (CampaignState.SENDING, editors[1].id)
    (variant,) = session.scalars(select(Variant)).all()
    assert len(variant.article_ids) == 2
    assert seen in variant.article_ids


def test_approved_after_its_time_it_goes_out_at_once(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedule: Schedule,
    editors: list[Staff],
) -> None:
    run = draft(session, sessions, settings, schedule)
    assert run.slot_at is not None
    later = run.slot_at + timedelta(minutes=59)
    tick(sessions, settings, now=later)
    approved = approve_run(
        session, now=later, campaign_id=run.id, version=run.version, staff_id=editors[0].id
    )
    assert (approved.send_at, approved.queued_at) == (later, later)


def test_when_nobody_approves_in_time_it_is_skipped_and_says_so(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedule: Schedule,
    editors: list[Staff],
) -> None:
    run = draft(session, sessions, settings, schedule)
    version, limit = run.version, run.approve_by
    assert limit is not None
    tick(sessions, settings, now=limit)
    tick(sessions, settings, now=limit)
    run = the_run(session)
    assert (run.state, run.reason) == (CampaignState.SKIPPED, SkipReason.NOT_APPROVED)
    assert session.scalars(select(AuditEvent.detail)).all() == [{"reason": "not_approved"}]
    with pytest.raises(CampaignConflict):
        approve_run(session, now=limit, campaign_id=run.id, version=version, staff_id=editors[0].id)


def test_of_two_editors_one_decides(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedule: Schedule,
    editors: list[Staff],
    now: datetime,
) -> None:
    run = draft(session, sessions, settings, schedule)
    seen = run.version
    hold_run(session, now=now, campaign_id=run.id, version=seen, staff_id=editors[0].id)
    with pytest.raises(CampaignConflict):
        approve_run(session, now=now, campaign_id=run.id, version=seen, staff_id=editors[1].id)
    held = the_run(session)
    assert (held.approval, held.decided_by) == (Approval.HELD, editors[0].id)
    session.commit()
    tick(sessions, settings, now=schedule.next_at + timedelta(hours=3))
    assert the_run(session).state is CampaignState.DRAFT, "what is held back has no limit"
    approved = approve_run(
        session, now=now, campaign_id=run.id, version=held.version, staff_id=editors[1].id
    )
    assert (approved.state, approved.approval) == (CampaignState.SCHEDULED, Approval.APPROVED)


def test_the_next_run_takes_up_what_was_held_back(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    schedule: Schedule,
    editors: list[Staff],
    now: datetime,
) -> None:
    first = draft(session, sessions, settings, schedule)
    hold_run(session, now=now, campaign_id=first.id, version=1, staff_id=editors[0].id)
    session.commit()
    session.refresh(schedule)
    tick(sessions, settings, now=schedule.next_at - LEAD)
    older, newer = session.scalars(
        select(Campaign).order_by(Campaign.id).execution_options(populate_existing=True)
    )
    assert (older.state, older.reason) == (CampaignState.SKIPPED, SkipReason.OVERTAKEN)
    assert newer.approval is Approval.WAITING
    assert newer.window_start == schedule.next_at - LEAD - timedelta(days=1)


@pytest.mark.usefixtures("editors")
def test_a_draft_with_too_little_in_it_asks_nobody(
    session: Session, sessions: sessionmaker[Session], settings: Settings, schedule: Schedule
) -> None:
    run = draft(session, sessions, settings, schedule)
    assert (run.state, run.reason) == (CampaignState.SKIPPED, SkipReason.NOTHING_NEW)
    assert session.scalars(select(Notice.id)).all() == []


@pytest.mark.usefixtures("newsroom")
def test_deleting_the_schedule_cancels_its_draft(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    schedule: Schedule,
    now: datetime,
) -> None:
    draft(session, sessions, settings, schedule)
    assert delete_schedule(session, now=now, schedule_id=schedule.id) == 1
    run = the_run(session)
    assert (run.state, run.schedule_id, run.approve_by) == (CampaignState.CANCELLED, None, None)


@pytest.mark.usefixtures("newsroom")
def test_run_now_is_one_run_however_many_press(
    session: Session, settings: Settings, schedule: Schedule, now: datetime
) -> None:
    schedule.needs_approval = False
    next_at, seen = schedule.next_at, newest_run(session, schedule.id)
    made = run_now(session, now=now, schedule_id=schedule.id, last_seen=seen)
    assert (made.state, made.send_at) == (CampaignState.SCHEDULED, now)
    with pytest.raises(ScheduleConflict):
        run_now(session, now=now + timedelta(seconds=1), schedule_id=schedule.id, last_seen=seen)
    assert schedule.next_at == next_at
    assert queue.length(settings.redis_url, queue.CONTENT) == 0
