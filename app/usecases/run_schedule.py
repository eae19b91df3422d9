"""Schedules turned into campaigns when their time comes, found by the tick.

An occurrence is a campaign row, unique on (schedule, slot): any number of clocks may tick. What
passed without one is a row too, so that editors see why nothing came.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.campaign import Approval, CampaignKind, CampaignState, UncertainPolicy
from app.domain.schedule import MissReason
from app.domain.subscription import Cadence
from app.store.tables import Article, Campaign, MissedRun, SavedSegment, Schedule
from app.usecases.approve_run import open_draft, overtake_drafts
from app.usecases.campaign_steps import load
from app.usecases.schedule_slots import Slot, Slots, lead_of, set_next

TOO_LATE = timedelta(hours=12)
"""A slot found later than this (the machine was off) is skipped: yesterday's morning news in the
evening helps nobody. The next slot carries its articles."""

REMEMBERED = timedelta(days=60)
"""Slots that passed longer ago without a run are not noted one by one."""

_LEAD = case(
    (
        and_(Schedule.active, Schedule.needs_approval),
        func.make_interval(0, 0, 0, 0, 0, Schedule.approval_lead),
    ),
    else_=func.make_interval(0),
)


def run_due_schedules(session: Session, *, now: datetime) -> list[int]:
    """Makes a campaign for every slot that has come, notes those that were missed, and sets the
    next slots.

    Returns the ids of the new campaigns that go out by themselves, for the caller to enqueue
    after the commit. Schedules that another clock is just looking at are left to it.
    """
    due = session.scalars(
        select(Schedule)
        .where(Schedule.next_at - _LEAD <= now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    made = [run for schedule in due for run in _catch_up(session, schedule, now=now)]
    session.flush()
    return [run.id for run in made if run.state is CampaignState.SCHEDULED]


def _catch_up(session: Session, schedule: Schedule, *, now: datetime) -> list[Campaign]:
    """The runs of a schedule whose time has come; one at most, unless slots lie close."""
    slots, lead = Slots(session, schedule), lead_of(schedule)
    if schedule.cadence is Cadence.INSTANT:
        slot = Slot(at=schedule.next_at)
        set_next(slots, schedule, after=max(now, slot.at))
        wanted = (
            schedule.active and now - slot.at <= TOO_LATE and _is_anything_new(session, schedule)
        )
        run = make_run(session, schedule, slot, now=now) if wanted else None
        return [run] if run is not None else []
    if schedule.next_at < now - REMEMBERED:
        set_next(slots, schedule, after=now - REMEMBERED)
    made = []
    while schedule.next_at - lead <= now:
        slot = Slot(at=schedule.next_at, day=schedule.next_day)
        set_next(slots, schedule, after=slot.at)
        if not schedule.active:
            _note_missed(session, schedule, slot, MissReason.PAUSED, now=now)
        elif now - slot.at > TOO_LATE:
            _note_missed(session, schedule, slot, MissReason.NOT_RUNNING, now=now)
        elif (run := make_run(session, schedule, slot, now=now)) is not None:
            made.append(run)
    return made


def _note_missed(
    session: Session, schedule: Schedule, slot: Slot, reason: MissReason, *, now: datetime
) -> None:
    """Notes a slot that passed; one that has a campaign all the same is not missed."""
    has_run = exists().where(Campaign.schedule_id == schedule.id, Campaign.slot_at == slot.at)
    if not session.scalar(select(has_run)):
        session.execute(
            insert(MissedRun)
            .values(schedule_id=schedule.id, slot_at=slot.at, reason=reason, noted_at=now)
            .on_conflict_do_nothing()
        )


def _is_anything_new(session: Session, schedule: Schedule) -> bool:
    """An instant schedule, which looks every few minutes, leaves no row when nothing is new;
    the others do, so that editors see why nothing went out."""
    newest_end = (
        select(Campaign.window_end)
        .where(Campaign.schedule_id == schedule.id, Campaign.window_end.is_not(None))
        .order_by(Campaign.window_end.desc())
        .limit(1)
        .scalar_subquery()
    )
    since = session.scalar(select(newest_end)) or schedule.created_at
    return bool(
        session.scalar(
            select(exists().where(Article.ingested_at > since, Article.withdrawn_at.is_(None)))
        )
    )


def make_run(session: Session, schedule: Schedule, slot: Slot, *, now: datetime) -> Campaign | None:
    """The campaign of this slot, or None when another clock made it. Where approval is needed it
    is a draft that waits; older drafts of the schedule that still wait are overtaken by it."""
    made = _insert(session, schedule, slot, now=now)
    if made is None:
        return None
    overtake_drafts(session, schedule.id, by=made, now=now)
    run = load(session, made)
    return open_draft(session, run, now=now) if schedule.needs_approval else run


def _insert(session: Session, schedule: Schedule, slot: Slot, *, now: datetime) -> int | None:
    segment = session.get(SavedSegment, schedule.segment_id) if schedule.segment_id else None
    limit = timedelta(minutes=schedule.approval_limit)
    waits = schedule.needs_approval
    return session.scalar(
        insert(Campaign)
        .values(
            kind=CampaignKind.DIGEST,
            design=schedule.design,
            state=CampaignState.DRAFT if waits else CampaignState.SCHEDULED,
            approval=Approval.WAITING if waits else None,
            approve_by=max(slot.at, now) + limit if waits else None,
            language=schedule.language,
            topic_mask=schedule.topic_mask,
            cadences=[schedule.cadence.value],
            segment=segment.filter if segment else None,
            segment_name=segment.name if segment else "",
            policy=UncertainPolicy.RESEND,
            public=schedule.public,
            schedule_id=schedule.id,
            slot_at=slot.at,
            morning_day=slot.day,
            morning_time=schedule.local_time if slot.day else None,
            morning_zone=schedule.timezone if slot.day else "",
            min_articles=schedule.min_articles,
            send_at=None if waits else slot.at,
            queued_at=None if waits else now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["schedule_id", "slot_at"])
        .returning(Campaign.id)
    )
