"""What editors do with schedules: set up, change, pause, start by hand, delete.

Each change is a compare-and-set; who comes second gets `ScheduleConflict`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.edition import Design
from app.domain.schedule import ALL_DAYS, InvalidSchedule, read_zone
from app.domain.subscription import Cadence
from app.domain.window import MAX_CANDIDATES
from app.store.tables import Campaign, SavedSegment, Schedule
from app.usecases.check_campaign import topics_to_mask
from app.usecases.run_schedule import make_run
from app.usecases.schedule_slots import Slot, Slots, set_next

LONGEST_LEAD = 24 * 60
"""Minutes before its slot from which on a draft may wait for approval."""

LONGEST_LIMIT = 24 * 60
"""Minutes after its slot until which a draft may wait; the next daily run overtakes it anyway."""


class ScheduleConflict(Exception):
    """Somebody else has changed the schedule since it was looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What an editor says about a schedule. With `own_morning` the local time is on each reader's
    clock, and `timezone` that of readers whose zone is not known. `days` are bits, Monday the
    lowest. `public` says whether its editions stand in the archive; unless told, those do that
    do not follow each article. Lead and limit are minutes before and after the slot."""

    name: str
    cadence: Cadence
    local_time: time
    timezone: str
    weekday: int | None = None
    days: int = ALL_DAYS
    topics: Sequence[str] = ()
    segment_id: int | None = None
    language: str = "ar"
    min_articles: int = 1
    own_morning: bool = False
    design: Design = Design.MORNING
    public: bool | None = None
    needs_approval: bool = False
    approval_lead: int = 60
    approval_limit: int = 120


def create_schedule(
    session: Session, *, now: datetime, plan: Plan, created_by: int | None = None
) -> Schedule:
    """A schedule that fires from its next slot on.

    Raises `InvalidSchedule`: needs_name, unknown_zone, needs_weekday, needs_days, bad_minimum,
    bad_lead, bad_limit, unknown_segment; and `InvalidCampaign` ("unknown_topic").
    """
    schedule = planned(session, now=now, plan=plan)
    schedule.created_by = created_by
    set_next(Slots(session, schedule), schedule, after=now)
    session.add(schedule)
    session.flush()
    return schedule


def planned(session: Session, *, now: datetime, plan: Plan) -> Schedule:
    """The schedule of a plan, not stored and without a next slot: what a page can look ahead
    with. Raises as `create_schedule` does."""
    _check(plan)
    if plan.segment_id is not None and session.get(SavedSegment, plan.segment_id) is None:
        raise InvalidSchedule("unknown_segment", str(plan.segment_id))
    instant = plan.cadence is Cadence.INSTANT
    return Schedule(
        name=plan.name.strip(),
        cadence=plan.cadence,
        weekday=plan.weekday if plan.cadence is Cadence.WEEKLY else None,
        days=plan.days if plan.cadence is Cadence.DAILY else ALL_DAYS,
        local_time=plan.local_time,
        timezone=plan.timezone,
        topic_mask=topics_to_mask(session, plan.topics),
        segment_id=plan.segment_id,
        language=plan.language,
        design=plan.design,
        min_articles=plan.min_articles,
        active=True,
        own_morning=plan.own_morning and not instant,
        public=not instant if plan.public is None else plan.public,
        needs_approval=plan.needs_approval and not instant,
        approval_lead=plan.approval_lead,
        approval_limit=plan.approval_limit,
        created_at=now,
    )


def _check(plan: Plan) -> None:
    read_zone(plan.timezone)
    if not plan.name.strip():
        raise InvalidSchedule("needs_name")
    if plan.cadence is Cadence.WEEKLY and plan.weekday not in range(7):
        raise InvalidSchedule("needs_weekday")
    if plan.cadence is Cadence.DAILY and not 0 < plan.days <= ALL_DAYS:
        raise InvalidSchedule("needs_days")
    if not 1 <= plan.min_articles <= MAX_CANDIDATES:
        raise InvalidSchedule("bad_minimum", str(plan.min_articles))
    if not 0 <= plan.approval_lead <= LONGEST_LEAD:
        raise InvalidSchedule("bad_lead", str(plan.approval_lead))
    if not 0 < plan.approval_limit <= LONGEST_LIMIT:
        raise InvalidSchedule("bad_limit", str(plan.approval_limit))


_KEPT = ("id", "active", "version", "created_at", "created_by")
_CHANGED = tuple(column.key for column in Schedule.__table__.columns if column.key not in _KEPT)
"""What a plan decides of a schedule's row."""


def change_schedule(
    session: Session, *, now: datetime, schedule_id: int, version: int, plan: Plan
) -> Schedule:
    """Gives a schedule another plan, from its next slot on; runs that exist stay as they are.

    Raises as `create_schedule` does, and `ScheduleConflict` when it is not at `version` any more.
    """
    wanted = planned(session, now=now, plan=plan)
    set_next(Slots(session, wanted), wanted, after=now)
    _change(
        session,
        schedule_id,
        Schedule.version == version,
        **{name: getattr(wanted, name) for name in _CHANGED},
    )
    return session.get_one(Schedule, schedule_id, populate_existing=True)


def set_schedule_active(
    session: Session, *, now: datetime, schedule_id: int, active: bool
) -> Schedule:
    """Pauses a schedule, or lets it go on from its next slot: what it missed stays missed.
    Raises `ScheduleConflict` when it is so already."""
    _change(session, schedule_id, Schedule.active.is_not(active), active=active)
    schedule = session.get_one(Schedule, schedule_id, populate_existing=True)
    if active:
        set_next(Slots(session, schedule), schedule, after=now)
        session.flush()
    return schedule


def _change(
    session: Session, schedule_id: int, still: ColumnElement[bool], **values: object
) -> None:
    changed = session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, still)
        .values(version=Schedule.version + 1, **values)
        .returning(Schedule.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if changed is None:
        raise ScheduleConflict(schedule_id)


def newest_run(session: Session, schedule_id: int) -> int:
    """The number of the newest campaign of a schedule, 0 when there is none."""
    newest = select(func.max(Campaign.id)).where(Campaign.schedule_id == schedule_id)
    return session.scalar(newest) or 0


def run_now(session: Session, *, now: datetime, schedule_id: int, last_seen: int) -> Campaign:
    """A run outside the slots: scheduled for this moment, or, where approval is needed, a draft
    that waits for it. The caller enqueues its preparation after the commit.

    `last_seen` is the newest run that the editor knew of: raises `ScheduleConflict` when there
    has been one since, so that two who press at once start one.
    """
    schedule = session.get_one(Schedule, schedule_id, with_for_update=True)
    if newest_run(session, schedule_id) != last_seen:
        raise ScheduleConflict(schedule_id)
    made = make_run(session, schedule, Slot(at=now), now=now)
    if made is None:
        raise ScheduleConflict(schedule_id)
    return made


def delete_schedule(session: Session, *, now: datetime, schedule_id: int) -> int:
    """Removes a schedule. The campaigns it made stay, but drafts that wait for approval are
    cancelled; returns how many."""
    cancelled = session.execute(
        update(Campaign)
        .where(*waiting_drafts(schedule_id))
        .values(
            state=CampaignState.CANCELLED,
            version=Campaign.version + 1,
            approve_by=None,
            finished_at=now,
        )
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        update(Campaign).where(Campaign.schedule_id == schedule_id).values(schedule_id=None)
    )
    session.execute(delete(Schedule).where(Schedule.id == schedule_id))
    return len(cancelled)


def waiting_drafts(schedule_id: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the drafts of a schedule that nobody has let out yet."""
    return (
        Campaign.schedule_id == schedule_id,
        Campaign.state == CampaignState.DRAFT,
        Campaign.approval.is_not(None),
    )
