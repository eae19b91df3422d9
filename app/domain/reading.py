"""How long a text takes to read."""

from __future__ import annotations

import re

WORDS_A_MINUTE = 180
"""A calm pace of silent reading; nobody minds being faster than announced."""

_TAG = re.compile(r"<[^>]*>")


def words_in(text: str) -> int:
    """How many words a plain or marked-up text has."""
    return len(_TAG.sub(" ", text).split())


def minutes_for(words: int) -> int:
    """Whole minutes, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))
