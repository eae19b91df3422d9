"""Schedules, which make digests recur, and the slots that passed without a run."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import BigInteger, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.edition import Design
from app.domain.schedule import MissReason
from app.domain.subscription import Cadence
from app.store.tables.base import Base, small_key, state_type, timestamp

_cadence = state_type(Cadence, "cadence")
_design = state_type(Design, "edition_design")


class Schedule(Base):
    """What makes digests recur: daily, or weekly on `weekday` (Monday is 0), at a local time.

    `next_at` is the next slot in UTC. `topic_mask` 0 takes articles of all topics. With
    `own_morning` the local time is on each reader's clock; the slot is when the edition of
    `next_day` closes. `public` is what its campaigns have. A daily one fires on its `days` (bits,
    Monday the lowest). With a segment its campaigns reach that segment's readers only, as its
    filter is at each slot. With `needs_approval` the draft of a run is made `approval_lead` minutes
    before its slot, and may be approved until `approval_limit` minutes after it.
    """

    __tablename__ = "schedule"

    id: Mapped[small_key]
    name: Mapped[str]
    cadence: Mapped[Cadence] = mapped_column(_cadence)
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    days: Mapped[int] = mapped_column(SmallInteger, default=127, server_default="127")
    local_time: Mapped[time]
    timezone: Mapped[str]
    topic_mask: Mapped[int] = mapped_column(BigInteger, default=0)
    language: Mapped[str] = mapped_column(default="ar")
    design: Mapped[Design] = mapped_column(_design, default=Design.MORNING)
    min_articles: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    own_morning: Mapped[bool] = mapped_column(default=False, server_default="false")
    public: Mapped[bool] = mapped_column(default=True, server_default="true")
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default="false")
    approval_lead: Mapped[int] = mapped_column(default=60, server_default="60")
    approval_limit: Mapped[int] = mapped_column(default=120, server_default="120")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    next_day: Mapped[date | None]
    next_at: Mapped[timestamp]
    created_at: Mapped[timestamp]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class MissedRun(Base):
    """A slot of a schedule that passed without a campaign, and why."""

    __tablename__ = "missed_run"

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True
    )
    slot_at: Mapped[timestamp] = mapped_column(primary_key=True)
    reason: Mapped[MissReason] = mapped_column(state_type(MissReason, "miss_reason"))
    noted_at: Mapped[timestamp]
