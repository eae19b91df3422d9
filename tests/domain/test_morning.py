from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.domain.morning import arrival, closing, count_by_zone, next_morning, zones_of

BEIRUT, DUBAI, AUCKLAND = map(ZoneInfo, ("Asia/Beirut", "Asia/Dubai", "Pacific/Auckland"))
SEVEN = time(7)
DAY = date(2025, 1, 22)


def test_the_edition_closes_when_morning_comes_to_many() -> None:
    readers = {BEIRUT: 700, DUBAI: 299, AUCKLAND: 1}
    assert closing(DAY, SEVEN, readers) == datetime(2025, 1, 22, 3, tzinfo=UTC), "in Dubai"
    assert closing(DAY, SEVEN, {AUCKLAND: 1}) == datetime(2025, 1, 21, 18, tzinfo=UTC)


def test_each_zone_has_its_own_morning_and_nobody_gets_what_is_not_closed() -> None:
    closes = datetime(2025, 1, 22, 3, tzinfo=UTC)
    assert arrival(DAY, SEVEN, BEIRUT, closes=closes) == datetime(2025, 1, 22, 5, tzinfo=UTC)
    assert arrival(DAY, SEVEN, DUBAI, closes=closes) == closes
    assert arrival(DAY, SEVEN, AUCKLAND, closes=closes) == closes


def test_a_morning_that_a_change_of_clocks_leaves_out_comes_at_the_next_instant() -> None:
    gap = date(2025, 3, 30)  # In Beirut there is no 00:00 to 00:59 on this day.
    closes = datetime(2025, 3, 29, 20, tzinfo=UTC)
    found = arrival(gap, time(0, 30), BEIRUT, closes=closes)
    assert found == datetime(2025, 3, 29, 22, tzinfo=UTC)


def test_the_next_morning_is_later_and_on_its_weekday() -> None:
    readers = {BEIRUT: 1}
    at_five = datetime(2025, 1, 22, 5, tzinfo=UTC)
    found = next_morning(at_five, weekday=None, local_time=SEVEN, readers=readers)
    assert (found.day, found.closes) == (date(2025, 1, 23), datetime(2025, 1, 23, 5, tzinfo=UTC))
    sunday = next_morning(at_five, weekday=6, local_time=SEVEN, readers=readers)
    assert (sunday.day, sunday.day.weekday()) == (date(2025, 1, 26), 6)


def test_an_unknown_zone_is_the_sites() -> None:
    zones = zones_of(["", "Mars/Olympus", "Asia/Dubai"], site="Asia/Beirut")
    assert zones == {"": BEIRUT, "Mars/Olympus": BEIRUT, "Asia/Dubai": DUBAI}
    counted = count_by_zone({"": 3, "Asia/Beirut": 4, "Asia/Dubai": 2}, site="Asia/Beirut")
    assert counted == {BEIRUT: 7, DUBAI: 2}
    assert count_by_zone({}, site="Asia/Beirut") == {BEIRUT: 1}
