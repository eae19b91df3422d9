from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.domain.sending_pace import (
    CAREFUL,
    MOST_A_DAY,
    USUAL,
    InvalidPlan,
    Pace,
    WarmUp,
    doubling,
    parse_plan,
)

BEGINS = date(2025, 1, 22)
PLAN = WarmUp(begins=BEGINS, limits=(100, 300, 900))


@pytest.mark.parametrize(
    ("passed", "limit"), [(-2, 100), (0, 100), (1, 300), (2, 900), (3, 0), (400, 0)]
)
def test_a_plan_holds_from_before_its_first_day_to_its_last(passed: int, limit: int) -> None:
    assert PLAN.limit_on(BEGINS + timedelta(days=passed)) == limit
    assert PLAN.ends == date(2025, 1, 24)


@pytest.mark.parametrize(
    ("per_day", "warmup", "limit"), [(0, None, 0), (50, None, 50), (50, PLAN, 50), (0, PLAN, 100)]
)
def test_the_smaller_limit_of_a_day_holds(per_day: int, warmup: WarmUp, limit: int) -> None:
    assert Pace(per_day=per_day, warmup=warmup).limit_on(BEGINS) == limit


def test_ready_plans_grow_every_day() -> None:
    for plan in (CAREFUL, USUAL, doubling(500, 10)):
        assert all(earlier < later for earlier, later in pairwise(plan))
    assert max(doubling(500, 90)) == MOST_A_DAY


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("100\n200", (100, 200)),
        (" 1,000 \n\n٢٬٠٠٠\n3 000\n4.000", (1_000, 2_000, 3_000, 4_000)),
    ],
)
def test_numbers_as_people_write_them(text: str, limits: tuple[int, ...]) -> None:
    assert parse_plan(text) == limits


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("100\nall", "not_a_number"),
        ("-5", "not_a_number"),
        ("0", "not_a_number"),
        ("²", "not_a_number"),
        ("9999999999", "too_much"),
        ("5\n" * 91, "too_long"),
    ],
)
def test_what_is_no_plan(text: str, code: str) -> None:
    with pytest.raises(InvalidPlan) as told:
        parse_plan(text)
    assert told.value.code == code
