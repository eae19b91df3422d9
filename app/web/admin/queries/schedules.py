"""Reads for the pages about schedules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.schedule import MissReason
from app.store.tables import Campaign, MissedRun, Schedule, Staff

RUNS_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRun:
    """A slot that is over or under way: its campaign, or why there is none."""

    slot_at: datetime
    campaign: Campaign | None = None
    missed: MissReason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRuns:
    """Some of a schedule's runs, the newest first; `older` is where the next page begins."""

    items: list[PastRun]
    older: datetime | None

    @property
    def campaigns(self) -> list[Campaign]:
        return [run.campaign for run in self.items if run.campaign is not None]


def schedules() -> Select[Schedule]:
    """Those that run, by their next run; then those that are paused."""
    return select(Schedule).order_by(Schedule.active.desc(), Schedule.next_at, Schedule.id)


def past_runs(
    session: Session, schedule_id: int, *, before: datetime | None = None, size: int = RUNS_SHOWN
) -> PastRuns:
    """The newest runs of a schedule, of those whose slot lies before `before`."""
    campaigns = select(Campaign).where(Campaign.schedule_id == schedule_id)
    missed = select(MissedRun).where(MissedRun.schedule_id == schedule_id)
    if before is not None:
        campaigns = campaigns.where(Campaign.slot_at < before)
        missed = missed.where(MissedRun.slot_at < before)
    newest = campaigns.order_by(Campaign.slot_at.desc()).limit(size + 1)
    gaps = missed.order_by(MissedRun.slot_at.desc()).limit(size + 1)
    found = [
        *(
            PastRun(slot_at=run.slot_at, campaign=run)
            for run in session.scalars(newest)
            if run.slot_at is not None
        ),
        *(PastRun(slot_at=gap.slot_at, missed=gap.reason) for gap in session.scalars(gaps)),
    ]
    found.sort(key=lambda run: run.slot_at, reverse=True)
    shown = found[:size]
    return PastRuns(items=shown, older=shown[-1].slot_at if len(found) > size else None)


def last_runs(session: Session, schedule_ids: Iterable[int]) -> dict[int, PastRun]:
    """The newest run of each of these schedules, of those that have had one."""
    found = {
        number: past_runs(session, number, size=1).items for number in dict.fromkeys(schedule_ids)
    }
    return {number: runs[0] for number, runs in found.items() if runs}


def staff_names(session: Session, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """What these members of the staff are called: their name, or their address."""
    wanted = {number for number in staff_ids if number is not None}
    rows = session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(wanted)))
    return {row.id: row.name or row.email for row in rows}


def next_runs(session: Session, count: int) -> Sequence[Schedule]:
    """The active schedules that run next."""
    return session.scalars(
        select(Schedule).where(Schedule.active).order_by(Schedule.next_at).limit(count)
    ).all()


def scheduled_campaigns(session: Session, count: int) -> Sequence[Campaign]:
    """Single campaigns that wait for their time, the next first."""
    return session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.SCHEDULED, Campaign.schedule_id.is_(None))
        .order_by(Campaign.send_at)
        .limit(count)
    ).all()
