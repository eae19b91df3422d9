"""Lines of CSV that a spreadsheet may open: no cell is taken for a formula.

A cell that begins like one gets an apostrophe before it, which spreadsheets hide and an import
takes off again (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
"""At the head of a file it tells spreadsheets that what follows is UTF-8."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would reckon."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was made of."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_BEGINS_A_FORMULA) else text


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """The rows as lines (RFC 4180), every cell safe; None is an empty one."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([safe_cell("" if cell is None else str(cell)) for cell in row] for row in rows)
    return out.getvalue()
