from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import InvalidSchedule, instant_of, next_slot, read_zone, upcoming
from app.domain.subscription import Cadence

BEIRUT = ZoneInfo("Asia/Beirut")
CAIRO = ZoneInfo("Africa/Cairo")
START = datetime(2020, 1, 1, tzinfo=UTC)


def daily(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    return next_slot(after, cadence=Cadence.DAILY, weekday=None, local_time=at, zone=zone)


def test_a_daily_slot_is_today_if_still_ahead_and_tomorrow_if_not() -> None:
    morning = datetime(2025, 1, 22, 4, 0, tzinfo=UTC)
    assert daily(morning, time(7), BEIRUT) == datetime(2025, 1, 22, 5, 0, tzinfo=UTC)
    at_the_slot = datetime(2025, 1, 22, 5, 0, tzinfo=UTC)
    assert daily(at_the_slot, time(7), BEIRUT) == datetime(2025, 1, 23, 5, 0, tzinfo=UTC)


def test_a_weekly_slot_keeps_its_weekday() -> None:
    slots = upcoming(
        datetime(2025, 1, 22, tzinfo=UTC),
        3,
        cadence=Cadence.WEEKLY,
        weekday=4,
        local_time=time(9),
        zone=BEIRUT,
    )
    assert [slot.astimezone(BEIRUT).date() for slot in slots] == [
        date(2025, 1, 24),
        date(2025, 1, 31),
        date(2025, 2, 7),
    ]


@pytest.mark.parametrize(
    ("zone", "day", "local_midnight_becomes"),
    [
        # Clocks went from 00:00 to 01:00: the first valid instant is 01:00 summer time.
        (BEIRUT, date(2024, 3, 31), datetime(2024, 3, 30, 22, 0, tzinfo=UTC)),
        (CAIRO, date(2025, 4, 25), datetime(2025, 4, 24, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_time_in_the_gap_goes_to_the_first_instant_after_it(
    zone: ZoneInfo, day: date, local_midnight_becomes: datetime
) -> None:
    for wall in (time(0, 0), time(0, 30), time(0, 59)):
        assert instant_of(day, wall, zone) == local_midnight_becomes
    assert instant_of(day, time(1, 0), zone) == local_midnight_becomes


def test_a_time_that_happens_twice_fires_once_and_the_first_time() -> None:
    # Beirut, 2024-10-27: 00:00 summer time became 23:00 of the 26th again.
    before = datetime(2024, 10, 26, 20, 0, tzinfo=UTC)
    first = daily(before, time(23, 30), BEIRUT)
    assert first == datetime(2024, 10, 26, 20, 30, tzinfo=UTC)
    assert daily(first, time(23, 30), BEIRUT) == datetime(2024, 10, 27, 21, 30, tzinfo=UTC)


@given(
    st.integers(0, 10 * 365 * 86_400).map(lambda s: START + timedelta(seconds=s)),
    st.times(),
    st.sampled_from(["Asia/Beirut", "Africa/Cairo", "Asia/Damascus", "America/New_York", "UTC"]),
)
def test_daily_slots_come_once_a_day_and_later(after: datetime, at: time, zone: str) -> None:
    at = at.replace(microsecond=0, second=0)
    slots = upcoming(
        after, 5, cadence=Cadence.DAILY, weekday=None, local_time=at, zone=ZoneInfo(zone)
    )
    assert slots[0] > after
    for earlier, later in pairwise(slots):
        assert timedelta(hours=22) <= later - earlier <= timedelta(hours=26)


def test_an_instant_schedule_has_slots_on_round_minutes() -> None:
    slot = next_slot(
        datetime(2025, 1, 22, 6, 3, tzinfo=UTC),
        cadence=Cadence.INSTANT,
        weekday=None,
        local_time=time(0),
        zone=BEIRUT,
    )
    assert slot == datetime(2025, 1, 22, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "Asia"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(InvalidSchedule, match="unknown_zone"):
        read_zone(name)
