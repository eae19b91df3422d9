"""What is suggested to an editor who makes a campaign."""

from __future__ import annotations

import pytest

from app.domain.suggestion import Choosable, cut_at_word, subjects_for, suggested


def choosable(*rows: tuple[int, int, bool]) -> list[Choosable]:
    return [Choosable(article_id=a, topic_id=t, was_sent=s) for a, t, s in rows]


def test_every_topic_comes_before_the_second_of_any() -> None:
    rows = choosable((9, 1, False), (8, 1, False), (7, 2, False), (6, 1, True), (5, 3, False))
    assert suggested(rows, 4) == [9, 7, 5, 8]
    assert suggested(rows, 2) == [9, 7]
    assert suggested([], 7) == []


@pytest.mark.parametrize(
    ("headlines", "subjects"),
    [
        ([], []),
        (["خبر"], ["خبر"]),
        (["خبر", "آخر"], ["خبر", "خبر | آخر"]),
        (["كلمة " * 12 + "آخر"], ["كلمة " * 12 + "آخر", "كلمة " * 7 + "كلمة…"]),
        (["خبر", "طويل " * 30], ["خبر"]),
    ],
)
def test_subjects_come_from_the_headlines(headlines: list[str], subjects: list[str]) -> None:
    assert subjects_for(headlines, 200) == subjects


def test_a_text_is_cut_between_its_words() -> None:
    assert cut_at_word("نص قصير", 20) == "نص قصير"
    assert cut_at_word("افتتاح الجسر، ثم العودة", 15) == "افتتاح الجسر…"
    assert cut_at_word("x" * 30, 10) == "x" * 9 + "…"
