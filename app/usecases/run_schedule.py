"""Schedules: made and changed by editors, and turned into campaigns when their time comes.

An occurrence is a campaign row, unique on (schedule, slot): any number of clocks may tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.schedule import InvalidSchedule, next_slot, read_zone, upcoming
from app.domain.subscription import Cadence
from app.store.tables import Article, Campaign, Schedule
from app.usecases.manage_campaigns import topics_to_mask

TOO_LATE = timedelta(hours=12)
"""A slot found later than this (the machine was off) is skipped: yesterday's morning news in the
evening helps nobody. The next slot carries its articles."""


def create_schedule(
    session: Session,
    *,
    now: datetime,
    name: str,
    cadence: Cadence,
    weekday: int | None,
    local_time: time,
    timezone: str,
    topics: Sequence[str] = (),
    language: str = "ar",
    min_articles: int = 1,
    created_by: int | None = None,
) -> Schedule:
    """A schedule that fires from its next slot on.

    Raises `InvalidSchedule`: needs_name, unknown_zone, needs_weekday, bad_minimum; and
    `InvalidCampaign` ("unknown_topic").
    """
    zone = read_zone(timezone)
    if not name.strip():
        raise InvalidSchedule("needs_name")
    if cadence is Cadence.WEEKLY and weekday not in range(7):
        raise InvalidSchedule("needs_weekday")
    if not 1 <= min_articles <= 40:
        raise InvalidSchedule("bad_minimum", str(min_articles))
    weekday = weekday if cadence is Cadence.WEEKLY else None
    schedule = Schedule(
        name=name.strip(),
        cadence=cadence,
        weekday=weekday,
        local_time=local_time,
        timezone=timezone,
        topic_mask=topics_to_mask(session, topics),
        language=language,
        min_articles=min_articles,
        active=True,
        next_at=next_slot(now, cadence=cadence, weekday=weekday, local_time=local_time, zone=zone),
        created_at=now,
        created_by=created_by,
    )
    session.add(schedule)
    session.flush()
    return schedule


def coming_slots(schedule: Schedule, *, now: datetime, count: int) -> list[datetime]:
    """The next slots of a schedule after `now`, in UTC, whether it is active or not."""
    return upcoming(
        now,
        count,
        cadence=schedule.cadence,
        weekday=schedule.weekday,
        local_time=schedule.local_time,
        zone=read_zone(schedule.timezone),
    )


def set_schedule_active(
    session: Session, *, now: datetime, schedule_id: int, active: bool
) -> Schedule:
    """Pauses a schedule, or lets it go on from its next slot: what it missed stays missed."""
    schedule = session.get_one(Schedule, schedule_id)
    schedule.active = active
    if active:
        schedule.next_at = coming_slots(schedule, now=now, count=1)[0]
    session.flush()
    return schedule


def delete_schedule(session: Session, *, schedule_id: int) -> None:
    """Removes a schedule; the campaigns it made stay."""
    session.execute(
        update(Campaign).where(Campaign.schedule_id == schedule_id).values(schedule_id=None)
    )
    session.execute(delete(Schedule).where(Schedule.id == schedule_id))


def run_due_schedules(session: Session, *, now: datetime) -> list[int]:
    """Makes a scheduled campaign for every slot that has come, and sets the next slots.

    Returns the new campaigns' ids, for the caller to enqueue after the commit. Schedules that
    another clock is just looking at are left to it.
    """
    due = session.scalars(
        select(Schedule)
        .where(Schedule.active, Schedule.next_at <= now)
        .with_for_update(skip_locked=True)
    ).all()
    made = []
    for schedule in due:
        slot = schedule.next_at
        schedule.next_at = coming_slots(schedule, now=max(now, slot), count=1)[0]
        if now - slot > TOO_LATE or not _has_work(session, schedule):
            continue
        campaign_id = _occurrence(session, schedule, slot, now=now)
        if campaign_id is not None:
            made.append(campaign_id)
    session.flush()
    return made


def _has_work(session: Session, schedule: Schedule) -> bool:
    """An instant schedule, which looks every few minutes, leaves no row when nothing is new;
    the others do, so that editors see why nothing went out."""
    if schedule.cadence is not Cadence.INSTANT:
        return True
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


def _occurrence(
    session: Session, schedule: Schedule, slot: datetime, *, now: datetime
) -> int | None:
    """The campaign of this slot, or None when another clock made it."""
    return session.scalar(
        insert(Campaign)
        .values(
            kind=CampaignKind.DIGEST,
            state=CampaignState.SCHEDULED,
            language=schedule.language,
            topic_mask=schedule.topic_mask,
            cadences=[schedule.cadence.value],
            policy=UncertainPolicy.RESEND,
            schedule_id=schedule.id,
            slot_at=slot,
            min_articles=schedule.min_articles,
            send_at=slot,
            queued_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["schedule_id", "slot_at"])
        .returning(Campaign.id)
    )
