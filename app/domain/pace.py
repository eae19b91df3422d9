"""How far a campaign is and how fast it goes: its phase, its rate, and when it will be through.

A sample is what was handled at a moment. Between two of them lies a rate; whoever asks again
brings the earlier one along, so that nothing has to be kept for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from app.domain.campaign import CampaignState


class Phase(StrEnum):
    """`preparing`: edition and readers are being fixed. `sending`: there are readers whose turn
    has not come. `finishing`: all had their turn, some answers or second tries are still out."""

    PREPARING = "preparing"
    SENDING = "sending"
    FINISHING = "finishing"
    ENDED = "ended"


def phase_of(state: CampaignState, pending: int) -> Phase:
    if state in (CampaignState.SCHEDULED, CampaignState.PREPARING):
        return Phase.PREPARING
    if state in (CampaignState.SENDING, CampaignState.PAUSED):
        return Phase.SENDING if pending else Phase.FINISHING
    return Phase.ENDED


_WRITTEN = re.compile(r"([0-9]{1,15})-([0-9]{1,10})")
_SHORTEST = timedelta(seconds=0.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """How many readers' turn had come at a moment."""

    at: datetime
    handled: int

    def written(self) -> str:
        """Milliseconds since 1970 and the number, such as `1737527400000-1200`."""
        return f"{round(self.at.timestamp() * 1000)}-{self.handled}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """A written sample; None for anything else."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            return None
        try:
            at = datetime.fromtimestamp(int(match[1]) / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            return None
        return cls(at=at, handled=int(match[2]))


def rate_between(earlier: Sample, later: Sample) -> float | None:
    """Readers a second; None when the samples lie too close, or not in this order."""
    span, handled = later.at - earlier.at, later.handled - earlier.handled
    if span < _SHORTEST or handled < 0:
        return None
    return handled / span.total_seconds()


def time_left(pending: int, rate: float | None) -> timedelta | None:
    """How long it takes at this rate; None where that cannot be said."""
    if not rate or not pending:
        return None
    seconds = pending / rate
    return timedelta(seconds=seconds) if seconds < 1e8 else None
