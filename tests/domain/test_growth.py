from __future__ import annotations

from datetime import date

from app.domain.growth import Day, Moves, days_back, moves_since, whole_span

TODAY = date(2025, 1, 22)


def moves(gained: int = 0, lost: int = 0) -> Moves:
    return Moves(gained=gained, lost=lost)


def test_days_are_reckoned_back_from_today() -> None:
    known = {TODAY: moves(5, 1), date(2025, 1, 20): moves(3, 0)}
    days = days_back(TODAY, 100, known, date(2025, 1, 19))
    assert [(d.day.day, d.active) for d in days] == [(19, 93), (20, 96), (21, 96), (22, 100)]
    assert days[-1].moves == moves(5, 1)


def test_no_day_has_fewer_than_no_readers() -> None:
    days = days_back(TODAY, 2, {TODAY: moves(9)}, date(2025, 1, 21))
    assert [d.active for d in days] == [0, 2]


def test_a_day_that_nobody_counted_is_like_the_one_before() -> None:
    days = [
        Day(day=date(2025, 1, 18), active=10, moves=moves(10)),
        Day(day=date(2025, 1, 20), active=12, moves=moves(2)),
        Day(day=TODAY, active=11, moves=moves(0, 1)),
    ]
    assert [d.active for d in whole_span(days, TODAY, 4)] == [10, 12, 12, 11]
    assert [d.day.day for d in whole_span(days, TODAY, 30)] == [18, 19, 20, 21, 22]


def test_moves_of_a_span_count_today_and_no_day_more() -> None:
    days = [Day(day=date(2025, 1, day), active=0, moves=moves(1, 2)) for day in range(10, 23)]
    assert moves_since(days, TODAY, 1) == moves(1, 2)
    assert moves_since(days, TODAY, 7) == moves(7, 14)
    assert moves_since(days, TODAY, 7).net == -7
