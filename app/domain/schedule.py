"""When a schedule fires: local wall-clock times turned into slots in UTC.

A local time that a clock change leaves out fires at the next valid instant; one that happens
twice fires once, the first time. Instant schedules fire every `INSTANT_INTERVAL`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.subscription import Cadence

INSTANT_INTERVAL = timedelta(minutes=10)

ALL_DAYS = 0b1111111
"""The days of a week as bits; Monday is the lowest."""


class MissReason(StrEnum):
    """Why a slot passed without a campaign."""

    PAUSED = "paused"
    NOT_RUNNING = "not_running"


class InvalidSchedule(Exception):
    """A schedule cannot be made so. `code` is stable; `detail` is what was given."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def read_zone(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises `InvalidSchedule` ("unknown_zone")."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSchedule("unknown_zone", name) from None


def days_to_mask(days: Iterable[int]) -> int:
    """The bits of these days, Monday 0 to Sunday 6. Raises `InvalidSchedule` ("bad_day")."""
    mask = 0
    for day in days:
        if day not in range(7):
            raise InvalidSchedule("bad_day", str(day))
        mask |= 1 << day
    return mask


def mask_to_days(mask: int) -> tuple[int, ...]:
    """The days of these bits, Monday first."""
    return tuple(day for day in range(7) if mask >> day & 1)


def is_a_day(day: date, *, weekday: int | None, days: int = ALL_DAYS) -> bool:
    """Whether a schedule fires on this day: on its weekday if it has one, else on its days."""
    return bool((days if weekday is None else 1 << weekday) >> day.weekday() & 1)


def instant_of(day: date, local_time: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall-clock time on a day.

    In a gap it is the first instant after the gap; in a fold the earlier of the two.
    """
    wall = datetime.combine(day, local_time)
    before = wall.replace(tzinfo=zone, fold=0)
    instant = before.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # In a gap: fold=1 reads the wall time with the offset after the change, fold=0 with the one
    # before it; the change itself lies between those two instants.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_between(early, instant, zone)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, to the second, at which the offset of `late` holds."""
    target = late.astimezone(zone).utcoffset()
    low, high = int(early.timestamp()), int(late.timestamp())
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == target:
            high = middle
        else:
            low = middle + 1
    return datetime.fromtimestamp(low, UTC)


def next_slot(
    after: datetime,
    *,
    cadence: Cadence,
    weekday: int | None,
    local_time: time,
    zone: ZoneInfo,
    days: int = ALL_DAYS,
) -> datetime:
    """The first slot later than `after` (aware), in UTC. A weekly one falls on `weekday` (Monday
    is 0), a daily one on the `days` (bits, one at least)."""
    if cadence is Cadence.INSTANT:
        step = INSTANT_INTERVAL.total_seconds()
        return datetime.fromtimestamp((after.timestamp() // step + 1) * step, UTC)
    chosen = weekday if cadence is Cadence.WEEKLY else None
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        if is_a_day(day, weekday=chosen, days=days):
            slot = instant_of(day, local_time, zone)
            if slot > after:
                return slot
        day += timedelta(days=1)


def upcoming(
    after: datetime,
    count: int,
    *,
    cadence: Cadence,
    weekday: int | None,
    local_time: time,
    zone: ZoneInfo,
    days: int = ALL_DAYS,
) -> list[datetime]:
    """The next `count` slots later than `after`, in UTC."""
    slots: list[datetime] = []
    for _ in range(count):
        slots.append(
            next_slot(
                slots[-1] if slots else after,
                cadence=cadence,
                weekday=weekday,
                local_time=local_time,
                zone=zone,
                days=days,
            )
        )
    return slots


@dataclass(frozen=True, kw_only=True, slots=True)
class ComingRun:
    """A slot as an editor reads it. `offset` is the zone's distance from UTC then;
    `clock_changed` says that it differs from that of the slot before (of now, for the first);
    `moved` that the wall-clock time does not exist on that day, and the slot comes after it."""

    at: datetime
    offset: timedelta
    clock_changed: bool = False
    moved: bool = False


def coming_runs(
    slots: Sequence[datetime], *, now: datetime, zone: ZoneInfo, wall: time | None
) -> list[ComingRun]:
    """Slots with what clock changes do to them. `wall` is the time they are meant for on the
    clock of `zone`, None for slots that have none there."""
    found: list[ComingRun] = []
    before = _offset(now, zone)
    for slot in slots:
        offset = _offset(slot, zone)
        local = slot.astimezone(zone).time().replace(second=0, microsecond=0)
        found.append(
            ComingRun(
                at=slot,
                offset=offset,
                clock_changed=offset != before,
                moved=wall is not None and local != wall.replace(second=0, microsecond=0),
            )
        )
        before = offset
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
