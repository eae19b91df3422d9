"""How fast may be sent: limits by second, hour and day, and a plan for a new sending address.

Mailboxes trust an address that nobody knows only slowly: a warm-up begins with few mails a day
and allows more each day, and ends by itself after its last one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST_WARMUP = 90
MOST_A_DAY = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class WarmUp:
    """The most mails of each day, from the day `begins` on (UTC). Before it the first day's
    limit holds; after the last day none does."""

    begins: date
    limits: tuple[int, ...]

    def limit_on(self, day: date) -> int:
        """0 when the plan is over."""
        passed = max(0, (day - self.begins).days)
        return self.limits[passed] if passed < len(self.limits) else 0

    @property
    def ends(self) -> date:
        """Its last day."""
        return self.begins + timedelta(days=len(self.limits) - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """0 is no limit. `per_domain` are messages a second for some recipient domains;
    `connections` is how many a worker process keeps open to the mail server."""

    per_second: int = 0
    per_hour: int = 0
    per_day: int = 0
    per_domain: dict[str, int] = field(default_factory=dict)
    connections: int = 4
    warmup: WarmUp | None = None

    def limit_on(self, day: date) -> int:
        """The most mails of a day, the warm-up considered; 0 for no limit."""
        warming = self.warmup.limit_on(day) if self.warmup is not None else 0
        return min((limit for limit in (self.per_day, warming) if limit), default=0)


class InvalidPlan(ValueError):
    """A warm-up that cannot be. `code` is "not_a_number", "too_long", "too_much" or "empty"."""

    def __init__(self, code: str, line: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def doubling(first: int, days: int) -> tuple[int, ...]:
    """A plan whose every day allows twice as many as the one before."""
    return tuple(min(first << day, MOST_A_DAY) for day in range(days))


def growing(first: int, days: int, *, percent: int) -> tuple[int, ...]:
    """A plan that grows by `percent` a day, in round numbers."""
    limits, limit = [], float(first)
    for _ in range(days):
        limits.append(_round(limit))
        limit *= 1 + percent / 100
    return tuple(limits)


def _round(value: float) -> int:
    """To two figures that say something: 1,234 is 1,200."""
    unit = int("1".ljust(len(str(int(value))) - 1, "0"))
    return round(value / unit) * unit


CAREFUL = growing(200, 30, percent=25)
"""For a domain that never sent: 200 on the first day, some 130,000 after four weeks."""

USUAL = growing(1_000, 21, percent=35)
"""For a known domain on a new address: 1,000 on the first day, some 400,000 after three weeks."""


def parse_plan(text: str) -> tuple[int, ...]:
    """The daily limits that somebody typed, one a line; digits of any script, with or without
    marks between thousands. Raises `InvalidPlan`."""
    limits = []
    for line in text.splitlines():
        typed = line.strip()
        if not typed:
            continue
        bare = "".join(letter for letter in typed if letter not in ",.٬٫' \u00a0\u202f")
        if not bare.isdecimal() or int(bare) < 1:
            raise InvalidPlan("not_a_number", typed)
        if int(bare) > MOST_A_DAY:
            raise InvalidPlan("too_much", typed)
        limits.append(int(bare))
    if not limits:
        raise InvalidPlan("empty")
    if len(limits) > LONGEST_WARMUP:
        raise InvalidPlan("too_long")
    return tuple(limits)
