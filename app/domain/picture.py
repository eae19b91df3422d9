"""Pictures of articles: the states of our copy, and when a picture is asked for again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MAX_ATTEMPTS = 5
_FIRST_REST = timedelta(minutes=1)
_GROWTH = 4


class PictureState(StrEnum):
    """pending → ready | failed. What is ready never changes: mails that went out show it."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a picture that could not be fetched `attempts` times is asked for again: after 1, 4,
    16 and 64 minutes. None when it has had its chances."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + _FIRST_REST * int(_GROWTH ** (attempts - 1))
