from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import (
    ALL_DAYS,
    InvalidSchedule,
    coming_runs,
    days_to_mask,
    instant_of,
    mask_to_days,
    next_slot,
    read_zone,
    upcoming,
)
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


@given(st.sets(st.integers(0, 6)))
def test_days_are_bits_and_back(days: set[int]) -> None:
    assert set(mask_to_days(days_to_mask(days))) == days
    assert 0 <= days_to_mask(days) <= ALL_DAYS


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="bad_day"):
        days_to_mask([7])


def test_a_daily_schedule_keeps_to_its_days() -> None:
    slots = upcoming(
        datetime(2025, 1, 22, tzinfo=UTC),
        4,
        cadence=Cadence.DAILY,
        weekday=None,
        local_time=time(7),
        zone=BEIRUT,
        days=days_to_mask([6, 0, 2]),
    )
    assert [slot.astimezone(BEIRUT).strftime("%a %d") for slot in slots] == [
        "Wed 22",
        "Sun 26",
        "Mon 27",
        "Wed 29",
    ]


@pytest.mark.parametrize(
    ("name", "before", "offsets", "changed"),
    [
        # Lebanon: the night to 30 March 2025. Egypt: to 25 April. Jordan, Syria and Saudi Arabia
        # have had one time all year since 2022 and before.
        ("Asia/Beirut", datetime(2025, 3, 28, 12, tzinfo=UTC), [2, 3, 3], 1),
        ("Africa/Cairo", datetime(2025, 4, 23, 12, tzinfo=UTC), [2, 3, 3], 1),
        ("Asia/Amman", datetime(2025, 3, 28, 12, tzinfo=UTC), [3, 3, 3], None),
        ("Asia/Damascus", datetime(2025, 3, 28, 12, tzinfo=UTC), [3, 3, 3], None),
        ("Asia/Riyadh", datetime(2025, 3, 28, 12, tzinfo=UTC), [3, 3, 3], None),
        ("Asia/Beirut", datetime(2025, 10, 24, 12, tzinfo=UTC), [3, 2, 2], 1),
    ],
)
def test_runs_to_come_keep_their_hour_and_tell_of_a_clock_change(
    name: str, before: datetime, offsets: list[int], changed: int | None
) -> None:
    zone = ZoneInfo(name)
    slots = upcoming(before, 3, cadence=Cadence.DAILY, weekday=None, local_time=time(7), zone=zone)
    runs = coming_runs(slots, now=before, zone=zone, wall=time(7))
    assert [run.offset for run in runs] == [timedelta(hours=hours) for hours in offsets]
    assert {run.at.astimezone(zone).time() for run in runs} == {time(7)}
    told = [number for number, run in enumerate(runs) if run.clock_changed]
    assert told == ([] if changed is None else [changed])
    assert not any(run.moved for run in runs)


def test_a_run_at_an_hour_that_is_skipped_tells_that_it_moves() -> None:
    before = datetime(2025, 4, 23, 12, tzinfo=UTC)
    slots = upcoming(
        before, 3, cadence=Cadence.DAILY, weekday=None, local_time=time(0, 30), zone=CAIRO
    )
    runs = coming_runs(slots, now=before, zone=CAIRO, wall=time(0, 30))
    assert [run.moved for run in runs] == [False, True, False]
