"""No cell of a CSV is a formula, and what was made safe can be read back."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from app.domain.spreadsheet import csv_lines, plain_cell, safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", "\r=1", "\n=1"]
)
def test_what_begins_like_a_formula_is_made_text(text: str) -> None:
    (row,) = csv.reader(StringIO(csv_lines([[text]]), newline=""))
    assert row == [f"'{text}"]
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["a@example.org", "سمير", "'quoted'", "o'brien@example.org", ""])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == plain_cell(text) == text


def test_commas_quotes_and_line_breaks_stay_within_their_cell() -> None:
    cells = ['a,b;c "d"', "two\nlines", None, 7]
    (row,) = csv.reader(StringIO(csv_lines([cells]), newline=""))
    assert row == ['a,b;c "d"', "two\nlines", "", "7"]
