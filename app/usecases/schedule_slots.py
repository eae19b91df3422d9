"""When a schedule runs: its slots in UTC, as the readers are now where it comes in each reader's
own morning. Used where schedules are changed, where they run, and where editors look ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.morning import count_by_zone, next_morning
from app.domain.schedule import next_slot, read_zone
from app.domain.subscription import Cadence
from app.store.audience import reader_zones, sampled_zones
from app.store.tables import Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A moment at which a schedule fires (UTC), and the day of its edition where it has one."""

    at: datetime
    day: date | None = None


class Slots:
    """The slots of one schedule, which need not be stored yet. `sampled` reckons with a part of
    the readers, enough for a page to look ahead and quick however many there are."""

    def __init__(self, session: Session, schedule: Schedule, *, sampled: bool = False) -> None:
        self._session = session
        self._schedule = schedule
        self._zones = sampled_zones if sampled else reader_zones

    def after(self, moment: datetime) -> Slot:
        """The first slot later than `moment`."""
        schedule = self._schedule
        if schedule.own_morning:
            weekly = schedule.cadence is Cadence.WEEKLY
            morning = next_morning(
                moment,
                weekday=schedule.weekday if weekly else None,
                local_time=schedule.local_time,
                readers=self._readers,
                days=schedule.days,
            )
            return Slot(at=morning.closes, day=morning.day)
        return Slot(
            at=next_slot(
                moment,
                cadence=schedule.cadence,
                weekday=schedule.weekday,
                local_time=schedule.local_time,
                zone=read_zone(schedule.timezone),
                days=schedule.days,
            )
        )

    def coming(self, moment: datetime, count: int) -> list[datetime]:
        """The next slots later than `moment`, whether the schedule is active or not."""
        found: list[datetime] = []
        for _ in range(count):
            found.append(self.after(found[-1] if found else moment).at)
        return found

    @cached_property
    def _readers(self) -> Mapping[ZoneInfo, int]:
        zones = self._zones(self._session, [self._schedule.cadence.value])
        return count_by_zone(zones, site=self._schedule.timezone)


def set_next(slots: Slots, schedule: Schedule, *, after: datetime) -> None:
    """Sets the next slot, and the day of its edition where it has one."""
    slot = slots.after(after)
    schedule.next_at, schedule.next_day = slot.at, slot.day


def lead_of(schedule: Schedule) -> timedelta:
    """How long before its slot a run is made."""
    if schedule.active and schedule.needs_approval:
        return timedelta(minutes=schedule.approval_lead)
    return timedelta()
