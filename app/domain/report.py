"""What became of a campaign, in numbers that can be compared with another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.bounce import Returns
from app.domain.clicks import hour_of

_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """`sent` were taken by the mail server, `failed` refused for good at once; of those taken,
    `hard` and `soft` bounced later by mail, and `complaints` arrived and were called spam. `left`
    are readers who unsubscribed out of this campaign and stayed away; clicks are of `people` and
    of `machines`."""

    campaign_id: int
    title: str
    audience: int
    sent: int
    failed: int
    hard: int
    soft: int
    complaints: int
    left: int
    people: int
    machines: int
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def returns(self) -> Returns:
        return Returns(
            mails=self.sent + self.failed,
            refused=self.failed,
            hard=self.hard,
            soft=self.soft,
            complaints=self.complaints,
        )

    @property
    def took(self) -> timedelta | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return max(self.finished_at - self.started_at, timedelta())

    @property
    def per_second(self) -> float | None:
        """Mails a second from the beginning to the end; None for what was over at once."""
        took = self.took
        return self.sent / took.total_seconds() if took and self.sent else None


def per_hundred(part: int, whole: int) -> float | None:
    """`part` for each hundred of `whole`; None of nothing."""
    return 100 * part / whole if whole else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """Clicks hour by hour without gaps; `later` are those after the last of them."""

    hours: tuple[tuple[datetime, int], ...]
    later: int


def hours_from(
    counts: Mapping[datetime, int], *, start: datetime, now: datetime, most: int
) -> Hours:
    """The hours since `start` up to the last click, at least one and at most `most`."""
    first = hour_of(start)
    last = max((hour for hour, count in counts.items() if count), default=first)
    end = min(max(last, first), hour_of(now), first + (most - 1) * _AN_HOUR)
    steps = range((end - first) // _AN_HOUR + 1)
    hours = tuple((first + n * _AN_HOUR, counts.get(first + n * _AN_HOUR, 0)) for n in steps)
    return Hours(hours=hours, later=sum(n for hour, n in counts.items() if hour > end))
