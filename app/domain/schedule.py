"""When a schedule fires: local wall-clock times turned into slots in UTC.

A local time that a clock change leaves out fires at the next valid instant; one that happens
twice fires once, the first time. Instant schedules fire every `INSTANT_INTERVAL`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.subscription import Cadence

INSTANT_INTERVAL = timedelta(minutes=10)


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
    after: datetime, *, cadence: Cadence, weekday: int | None, local_time: time, zone: ZoneInfo
) -> datetime:
    """The first slot later than `after` (aware), in UTC. `weekday` counts from Monday, 0."""
    if cadence is Cadence.INSTANT:
        step = INSTANT_INTERVAL.total_seconds()
        return datetime.fromtimestamp((after.timestamp() // step + 1) * step, UTC)
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        if cadence is Cadence.DAILY or day.weekday() == weekday:
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
            )
        )
    return slots
