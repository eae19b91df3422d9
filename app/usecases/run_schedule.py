"""Schedules: made and changed by editors, and turned into campaigns when their time comes.

An occurrence is a campaign row, unique on (schedule, slot): any number of clocks may tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.edition import Design
from app.domain.morning import Morning, count_by_zone, next_morning
from app.domain.schedule import InvalidSchedule, read_zone, upcoming
from app.domain.subscription import Cadence
from app.store.audience import reader_zones
from app.store.tables import Article, Campaign, SavedSegment, Schedule
from app.usecases.check_campaign import topics_to_mask

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
    own_morning: bool = False,
    design: Design = Design.MORNING,
    public: bool | None = None,
    created_by: int | None = None,
) -> Schedule:
    """A schedule that fires from its next slot on. With `own_morning` the local time is on each
    reader's clock, and `timezone` that of readers whose zone is not known. `public` says whether
    its editions stand in the archive; unless told, those do that do not follow each article.

    Raises `InvalidSchedule`: needs_name, unknown_zone, needs_weekday, bad_minimum; and
    `InvalidCampaign` ("unknown_topic").
    """
    read_zone(timezone)
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
        design=design,
        min_articles=min_articles,
        active=True,
        own_morning=own_morning and cadence is not Cadence.INSTANT,
        public=cadence is not Cadence.INSTANT if public is None else public,
        created_at=now,
        created_by=created_by,
    )
    _set_next(session, schedule, after=now)
    session.add(schedule)
    session.flush()
    return schedule


def coming_slots(
    session: Session, schedule: Schedule, *, now: datetime, count: int
) -> list[datetime]:
    """The next slots of a schedule after `now`, in UTC, whether it is active or not. For one
    that comes in each reader's morning, when its editions close as the readers are now."""
    if schedule.own_morning:
        return [morning.closes for morning in _mornings(session, schedule, now, count)]
    return upcoming(
        now,
        count,
        cadence=schedule.cadence,
        weekday=schedule.weekday,
        local_time=schedule.local_time,
        zone=read_zone(schedule.timezone),
    )


def _mornings(session: Session, schedule: Schedule, after: datetime, count: int) -> list[Morning]:
    zones = reader_zones(session, [schedule.cadence.value])
    readers = count_by_zone(zones, site=schedule.timezone)
    found: list[Morning] = []
    for _ in range(count):
        found.append(
            next_morning(
                found[-1].closes if found else after,
                weekday=schedule.weekday,
                local_time=schedule.local_time,
                readers=readers,
            )
        )
    return found


def _set_next(session: Session, schedule: Schedule, *, after: datetime) -> None:
    """Sets the next slot, and the day of its edition where it has one."""
    if schedule.own_morning:
        (morning,) = _mornings(session, schedule, after, 1)
        schedule.next_at, schedule.next_day = morning.closes, morning.day
    else:
        schedule.next_at = coming_slots(session, schedule, now=after, count=1)[0]


def set_schedule_active(
    session: Session, *, now: datetime, schedule_id: int, active: bool
) -> Schedule:
    """Pauses a schedule, or lets it go on from its next slot: what it missed stays missed."""
    schedule = session.get_one(Schedule, schedule_id)
    schedule.active = active
    if active:
        _set_next(session, schedule, after=now)
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
        slot, day = schedule.next_at, schedule.next_day
        _set_next(session, schedule, after=max(now, slot))
        if now - slot > TOO_LATE or not _has_work(session, schedule):
            continue
        campaign_id = _occurrence(session, schedule, slot, day, now=now)
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
    session: Session, schedule: Schedule, slot: datetime, day: date | None, *, now: datetime
) -> int | None:
    """The campaign of this slot, or None when another clock made it."""
    segment = session.get(SavedSegment, schedule.segment_id) if schedule.segment_id else None
    return session.scalar(
        insert(Campaign)
        .values(
            kind=CampaignKind.DIGEST,
            design=schedule.design,
            state=CampaignState.SCHEDULED,
            language=schedule.language,
            topic_mask=schedule.topic_mask,
            cadences=[schedule.cadence.value],
            segment=segment.filter if segment else None,
            segment_name=segment.name if segment else "",
            policy=UncertainPolicy.RESEND,
            public=schedule.public,
            schedule_id=schedule.id,
            slot_at=slot,
            morning_day=day if schedule.own_morning else None,
            morning_time=schedule.local_time if schedule.own_morning else None,
            morning_zone=schedule.timezone if schedule.own_morning else "",
            min_articles=schedule.min_articles,
            send_at=slot,
            queued_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["schedule_id", "slot_at"])
        .returning(Campaign.id)
    )
