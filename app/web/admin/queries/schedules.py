"""Reads for the pages about schedules."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.store.tables import Campaign, Schedule

_RUNS_SHOWN = 20


def schedules(session: Session) -> Sequence[Schedule]:
    """Those that run, by their next run; then those that are paused."""
    return session.scalars(
        select(Schedule).order_by(Schedule.active.desc(), Schedule.next_at)
    ).all()


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


def runs_of(session: Session, schedule_id: int) -> list[Campaign]:
    """The newest runs of a schedule."""
    return list(
        session.scalars(
            select(Campaign)
            .where(Campaign.schedule_id == schedule_id)
            .order_by(Campaign.slot_at.desc())
            .limit(_RUNS_SHOWN)
        )
    )
