"""A reader's subscription: its states, what a reader chooses, and what consent is recorded as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cadence(StrEnum):
    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"


class SubscriberState(StrEnum):
    """Only an active reader is sent anything but transactional mail."""

    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


class ConsentKind(StrEnum):
    """The events of the append-only consent history."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    CHANGED = "changed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


ALL_TOPICS = 0
"""A topic mask of no bits follows everything, topics that are founded later included."""

MAX_TOPICS = 62
"""Topics are bits of a signed 64-bit mask; the highest bits stay free."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What a reader chose: the topics as a bit mask (`ALL_TOPICS` for all), and the pace."""

    topic_mask: int
    cadence: Cadence


def topic_mask(bits: list[int] | tuple[int, ...]) -> int:
    """The mask of these topic bits (each 0 to `MAX_TOPICS` - 1)."""
    mask = 0
    for bit in bits:
        if not 0 <= bit < MAX_TOPICS:
            raise ValueError(f"no such topic bit: {bit}")
        mask |= 1 << bit
    return mask


def follows(mask: int, bit: int) -> bool:
    """Whether a reader with this mask follows the topic of this bit."""
    return mask == ALL_TOPICS or bool(mask >> bit & 1)
