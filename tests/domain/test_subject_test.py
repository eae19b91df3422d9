"""Which of two subjects is the better one, and the parts of readers as bits of their lists."""

from __future__ import annotations

import pytest

from app.domain.subject_test import Letter, Part, Tried, better, list_of, part_of, with_part


@pytest.mark.parametrize(
    ("a", "b", "winner"),
    [
        ((100, 10), (100, 11), "b"),
        ((100, 10), (100, 10), "a"),
        ((100, 10), (50, 6), "b"),
        ((50, 6), (100, 10), "a"),
        ((0, 0), (0, 0), "a"),
        ((0, 0), (10, 0), "a"),
        ((0, 0), (10, 1), "b"),
        ((10, 0), (0, 0), "a"),
    ],
)
def test_the_better_subject_has_more_clicks_for_each_mail(
    a: tuple[int, int], b: tuple[int, int], winner: str
) -> None:
    came_to = {
        Letter.A: Tried(sent=a[0], clicks=a[1]),
        Letter.B: Tried(sent=b[0], clicks=b[1]),
    }
    assert better(came_to) == winner


@pytest.mark.parametrize("part", Part)
def test_a_part_fits_above_the_fullest_list(part: Part) -> None:
    fullest = 2**40 - 1
    coded = with_part(fullest, part)
    assert coded < 2**63
    assert (list_of(coded), part_of(coded)) == (fullest, part)
