"""When a source is looked at again, and since when an article counts as out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.polling import LONGEST_REST, LONGEST_WISH, counted_at, next_poll

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _rest(failures: int, chance: float = 0.5, wish: float = 0) -> timedelta:
    return next_poll(NOW, interval=600, failures=failures, chance=chance, wish=wish) - NOW


def test_each_failure_in_a_row_doubles_the_rest_up_to_the_longest() -> None:
    minutes = [round(_rest(failures).total_seconds() / 60) for failures in range(9)]
    assert minutes == [10, 10, 20, 40, 80, 160, 320, 360, 360]
    assert _rest(10_000) == LONGEST_REST


def test_chance_spreads_by_a_tenth_and_never_beyond_the_longest() -> None:
    assert (_rest(0, chance=0), _rest(0, chance=1)) == (9 * HOUR / 60, 11 * HOUR / 60)
    assert _rest(20, chance=1) == LONGEST_REST


def test_a_servers_wish_is_followed_within_reason() -> None:
    assert _rest(1, wish=2 * 3600) == 2 * HOUR
    assert _rest(1, wish=10) == _rest(1)
    assert _rest(1, wish=10**8) == LONGEST_WISH


@pytest.mark.parametrize(
    ("age", "counts_from"),
    [
        (HOUR, NOW),
        (DAY - HOUR, NOW),
        (DAY + HOUR, NOW - DAY - HOUR),
        (400 * DAY, NOW - 400 * DAY),
        (None, NOW),
    ],
)
def test_the_archive_of_a_new_source_counts_from_its_own_dates(
    age: timedelta | None, counts_from: datetime
) -> None:
    published = None if age is None else NOW - age
    assert counted_at(NOW, published_at=published, source_since=NOW) == counts_from


def test_what_comes_in_late_to_an_old_source_is_news() -> None:
    published = NOW - 20 * DAY
    assert counted_at(NOW, published_at=published, source_since=NOW - 30 * DAY) == NOW
