"""Each reader's own morning: when an edition's day reaches the readers of each time zone.

An edition is frozen once, for all zones. It closes when morning comes to the easternmost zone
that holds a share of the readers worth waiting for; readers still further east, who are few,
get it at that moment, and everybody else at the same hour on their own clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.schedule import ALL_DAYS, InvalidSchedule, instant_of, is_a_day, read_zone

WORTH_WAITING_FOR = 0.02
"""The share of the readers from which on a zone decides when the edition closes. Without it a
single reader in Auckland would have the morning news of Beirut closed the evening before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Morning:
    """The day of an edition, and when it closes (UTC)."""

    day: date
    closes: datetime


def zones_of(names: Iterable[str], *, site: str) -> dict[str, ZoneInfo]:
    """The zones of readers by the names they are stored under: the site's zone for "" and for a
    name that the system does not know any more."""
    zones = {}
    for name in names:
        try:
            zones[name] = read_zone(name or site)
        except InvalidSchedule:
            zones[name] = read_zone(site)
    return zones


def count_by_zone(readers: Mapping[str, int], *, site: str) -> Counter[ZoneInfo]:
    """Readers of each zone, from those by stored name; the site's zone when there is nobody."""
    counts = Counter[ZoneInfo]()
    for name, zone in zones_of(readers, site=site).items():
        counts[zone] += readers[name]
    return counts or Counter({read_zone(site): 1})


def closing(day: date, local_time: time, readers: Mapping[ZoneInfo, int]) -> datetime:
    """When the edition of that day closes. `readers` counts those of each zone, one at least."""
    least = WORTH_WAITING_FOR * sum(readers.values())
    zones = [zone for zone, count in readers.items() if count >= least] or list(readers)
    return min(instant_of(day, local_time, zone) for zone in zones)


def next_morning(
    after: datetime,
    *,
    weekday: int | None,
    local_time: time,
    readers: Mapping[ZoneInfo, int],
    days: int = ALL_DAYS,
) -> Morning:
    """The first edition that closes later than `after`: on `weekday` (Monday is 0) if given, else
    on one of the `days` (bits)."""
    day = after.astimezone(UTC).date() - timedelta(days=1)
    while True:
        if is_a_day(day, weekday=weekday, days=days):
            closes = closing(day, local_time, readers)
            if closes > after:
                return Morning(day=day, closes=closes)
        day += timedelta(days=1)


def arrival(day: date, local_time: time, zone: ZoneInfo, *, closes: datetime) -> datetime:
    """When a reader of this zone gets the edition (UTC): never before it is closed."""
    return max(closes, instant_of(day, local_time, zone))
