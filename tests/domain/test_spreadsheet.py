"""No cell of a CSV is a formula, and what was made safe can be read back."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

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


def test_nothing_else_writes_csv() -> None:
    """So that no file with a formula in it leaves the house by another way."""
    house = Path(__file__).parents[2]
    writers = [
        str(path.relative_to(house))
        for folder in ("app", "worker")
        for path in (house / folder).rglob("*.py")
        if re.search(r"\bcsv\.(writer|DictWriter)\b", path.read_text(encoding="utf-8"))
    ]
    assert writers == ["app/domain/spreadsheet.py"]
