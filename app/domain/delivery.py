"""Chunks and deliveries: their states, and what an answer from the mail server makes of one.

chunk     held → open → leased(token, until) → done
delivery  pending → handing → sent | failed | deferred(retry_at) | skipped | unknown
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class ChunkState(StrEnum):
    """`held` waits for the decision between two subjects."""

    HELD = "held"
    OPEN = "open"
    LEASED = "leased"
    DONE = "done"


class DeliveryState(StrEnum):
    PENDING = "pending"
    HANDING = "handing"
    SENT = "sent"
    FAILED = "failed"
    DEFERRED = "deferred"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What an editor decides about deliveries of which nobody knows whether they arrived."""

    AGAIN = "again"
    LEAVE = "leave"


SETTLED = frozenset(
    {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED, DeliveryState.UNKNOWN}
)
"""States that sending does not touch again by itself."""

MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=2)


def retry_delay(attempt: int, jitter: float) -> timedelta:
    """How long a delivery waits after its `attempt`-th temporary refusal (1 for the first).

    Doubles from `FIRST_RETRY` up to `LONGEST_RETRY`; `jitter` in [0, 1) spreads it by up to
    half again, so that what was refused together does not come back together.
    """
    doublings: int = 2 ** (attempt - 1)
    base = min(FIRST_RETRY * doublings, LONGEST_RETRY)
    return base * (1 + jitter / 2)
