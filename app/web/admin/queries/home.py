"""Reads for home: rows that were counted before, and the few campaigns that matter now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.campaign import Approval, CampaignState
from app.domain.growth import Day, Moves
from app.store.tables import Campaign, ReaderDay, Staff

S = CampaignState
_GONE_OUT = (S.SENDING, S.PAUSED, S.FINISHED, S.NEEDS_REVIEW, S.CANCELLED)


def last_sent(session: Session, count: int) -> Sequence[Campaign]:
    """The campaigns that went out last, those on their way first."""
    return session.scalars(
        select(Campaign)
        .where(Campaign.state.in_(_GONE_OUT), Campaign.started_at.is_not(None))
        .order_by(Campaign.started_at.desc(), Campaign.id.desc())
        .limit(count)
    ).all()


def undecided(session: Session, count: int) -> Sequence[Campaign]:
    """The campaigns that wait for somebody of the staff: runs to be approved, the most urgent
    first, then those with deliveries that are held."""
    return session.scalars(
        select(Campaign)
        .where(
            or_(
                (Campaign.state == S.DRAFT)
                & Campaign.approve_by.is_not(None)
                & (Campaign.approval == Approval.WAITING),
                Campaign.state == S.NEEDS_REVIEW,
            )
        )
        .order_by(Campaign.approve_by.nulls_last(), Campaign.id)
        .limit(count)
    ).all()


def counted_days(session: Session, today: date, length: int) -> list[Day]:
    """The counted days of the last `length` and one before, the oldest first."""
    rows = session.scalars(
        select(ReaderDay)
        .where(ReaderDay.day >= today - timedelta(days=length), ReaderDay.day <= today)
        .order_by(ReaderDay.day)
    )
    return [
        Day(day=row.day, active=row.active, moves=Moves(gained=row.gained, lost=row.lost))
        for row in rows
    ]


def last_count(session: Session) -> ReaderDay | None:
    """The newest row of counts; None before the first tick."""
    return session.scalar(select(ReaderDay).order_by(ReaderDay.day.desc()).limit(1))


def staff_addresses(session: Session) -> Sequence[str]:
    """The addresses of those who may log in."""
    return session.scalars(select(Staff.email).where(Staff.active).order_by(Staff.email)).all()
