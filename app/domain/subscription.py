"""A reader's subscription: its states, what a reader chooses, and what consent is recorded as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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


PAUSE_WEEKS = (1, 2, 4)
"""How long a reader may pause, in weeks; a pause ends by itself."""


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


def is_paused(paused_until: datetime | None, now: datetime) -> bool:
    """Whether a reader gets nothing at `now` (both aware)."""
    return paused_until is not None and now < paused_until


class Verdict(StrEnum):
    """What pressing the button behind a confirmation link means."""

    CONFIRMS = "confirms"
    ALREADY = "already"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a reader stands when a confirmation comes in. `last_word_at` is when they last said
    what they want, be it by asking, changing or leaving."""

    state: SubscriberState
    last_word_at: datetime | None


def judge_confirmation(
    *,
    asked_at: datetime,
    used: bool,
    standing: Standing | None,
    now: datetime,
    lifetime: timedelta,
) -> Verdict:
    """What a confirmation link is worth; `standing` is None where no such reader exists.

    A link from before the reader's last word changes nothing: it neither brings back somebody
    who has left since, nor overwrites what was chosen since.
    """
    stale = used or (
        standing is not None
        and standing.last_word_at is not None
        and asked_at <= standing.last_word_at
    )
    if standing is not None and standing.state is SubscriberState.SUPPRESSED:
        return Verdict.WITHDRAWN
    if stale and standing is not None and standing.state is SubscriberState.ACTIVE:
        return Verdict.ALREADY
    if stale:
        return Verdict.WITHDRAWN
    return Verdict.EXPIRED if now > asked_at + lifetime else Verdict.CONFIRMS


UNDO_WINDOW = timedelta(hours=1)
"""How long after leaving the same page still offers to take it back. Later the way in is a new
sign-up: an old mail that was passed on must not bring its first reader back."""


def may_undo(*, state: SubscriberState, left_at: datetime | None, now: datetime) -> bool:
    return (
        state is SubscriberState.UNSUBSCRIBED
        and left_at is not None
        and now - left_at <= UNDO_WINDOW
    )


ADDRESS_PAUSE = timedelta(minutes=15)
ADDRESS_DAY = timedelta(days=1)
ADDRESS_A_DAY = 3
"""Mails that asking again may cause for one address: one in `ADDRESS_PAUSE`, three in a day. So
nobody can fill a stranger's mailbox with confirmations."""


def may_write_again(*, lately: int, today: int) -> bool:
    """Whether one more notice may go to an address that got so many in `ADDRESS_PAUSE` and in
    `ADDRESS_DAY`."""
    return lately == 0 and today < ADDRESS_A_DAY
