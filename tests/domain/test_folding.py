from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.folding import (
    MAX_WORD,
    MAX_WORDS,
    bare,
    folded_words,
    matches,
    query_words,
    search_text,
)

SAME = [
    ("أحمد", "احمد"),
    ("إعادة", "اعاده"),
    ("آثار", "اثار"),
    ("ٱلشمس", "الشمس"),
    ("مستشفى", "مستشفي"),
    ("حكومة", "حكومه"),
    ("مُحَمَّدٌ", "محمد"),
    ("قُرْآن", "قران"),
    ("ســـلام", "سلام"),
    ("ایران", "ايران"),
    ("کردستان", "كردستان"),
    ("٢٠٢٥", "2025"),
    ("۲۰۲۵", "2025"),
    ("مؤتمر", "موتمر"),
    ("ﻻجئ", "لاجي"),
    ("Café", "CAFE"),
    ("STRASSE", "straße"),
    ("ب\u200eي\u200dروت", "بيروت"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_spelled_differently_is_the_same_word(one: str, other: str) -> None:
    assert [word.text for word in folded_words(one)] == [word.text for word in folded_words(other)]
    assert len(folded_words(one)) == 1


def test_words_know_where_they_stand() -> None:
    text = "«قالَ» الوزير: 3-1، و iPhone15!"
    assert [text[word.start : word.end] for word in folded_words(text)] == [
        "قالَ",
        "الوزير",
        "3",
        "1",
        "و",
        "iPhone15",
    ]


@pytest.mark.parametrize(
    ("word", "without"),
    [
        ("الحكومه", "حكومه"),
        ("والحكومه", "حكومه"),
        ("بالحكومه", "حكومه"),
        ("للحكومه", "حكومه"),
        ("وللحكومه", "حكومه"),
        ("وبالحكومه", "حكومه"),
        ("فالحكومه", "حكومه"),
        ("الو", "الو"),
        ("ال", "ال"),
        ("اله", "اله"),
        ("مال", "مال"),
        ("وليد", "وليد"),
    ],
)
def test_the_article_before_a_word_does_not_count(word: str, without: str) -> None:
    assert bare(word) == without


@pytest.mark.parametrize("query", ["", "   ", "!?،؛", "\u064b\u0651", "ـــ", "%_'\"\\", "\x00\n"])
def test_a_query_without_letters_looks_for_nothing(query: str) -> None:
    assert query_words(query) == []


def test_a_query_is_cut_to_what_somebody_would_type() -> None:
    assert len(query_words(" ".join(f"w{n}" for n in range(500)))) == MAX_WORDS
    assert query_words("ا" * 100_000) == ["ا" * MAX_WORD]


def test_matches_are_whole_words_of_the_text_as_it_is_written() -> None:
    text = "بدأت الحُكومةُ ووزراؤها، والحكومات"
    found = [text[word.start : word.end] for word in matches(text, query_words("حكومه"))]
    assert found == ["الحُكومةُ"]
    found = [text[word.start : word.end] for word in matches(text, query_words("الحكوم"))]
    assert found == ["الحُكومةُ", "والحكومات"]


@given(st.text())
def test_folding_twice_changes_nothing_and_words_stay_words(text: str) -> None:
    once = search_text(text)
    assert [word.text for word in folded_words(once)] == once.split(" ") * bool(once)
    assert search_text(once).split()[: len(once.split())] == once.split() or not once
    assert all(word.isalnum() and len(word) <= MAX_WORD for word in query_words(text))
