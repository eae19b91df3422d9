"""How the number of readers went: days from what is known of today and of who came and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """Readers who came and who went."""

    gained: int = 0
    lost: int = 0

    @property
    def net(self) -> int:
        return self.gained - self.lost


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day: how many active readers there were at its end, and who came and went in it."""

    day: date
    active: int
    moves: Moves


def days_back(today: date, active: int, moves: Mapping[date, Moves], first: date) -> list[Day]:
    """The days from `first` to `today`, the oldest first, reckoned back from today's number.

    What the history does not tell (an erased reader) is taken to have been so always; no day has
    fewer than no readers.
    """
    days: list[Day] = []
    day = today
    while day >= first:
        of_day = moves.get(day, Moves())
        days.append(Day(day=day, active=max(0, active), moves=of_day))
        active -= of_day.net
        day -= timedelta(days=1)
    days.reverse()
    return days


def whole_span(days: Sequence[Day], today: date, length: int) -> list[Day]:
    """The last `length` days up to today, without gaps: a day that nobody counted has the number
    of the one before it. Days before the first known one are left out."""
    known = {day.day: day for day in days}
    first = max(min(known, default=today), today - timedelta(days=length - 1))
    span: list[Day] = []
    active = next((d.active for d in reversed(days) if d.day < first), 0)
    for number in range((today - first).days + 1):
        day = first + timedelta(days=number)
        found = known.get(day) or Day(day=day, active=active, moves=Moves())
        active = found.active
        span.append(found)
    return span


def moves_since(days: Sequence[Day], today: date, length: int) -> Moves:
    """Who came and went in the last `length` days, today among them."""
    since = today - timedelta(days=length - 1)
    span = [day.moves for day in days if since <= day.day <= today]
    return Moves(gained=sum(m.gained for m in span), lost=sum(m.lost for m in span))
