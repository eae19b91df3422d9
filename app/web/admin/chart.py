"""The growth of the readers as a picture: numbers in, coordinates out.

Time runs in the direction of reading: in Arabic from right to left, the newest day at the left
end. Arabic papers do both; many take over the drawings of agencies as they are. Here the chart
stands between an Arabic headline and an Arabic table whose newest column a reader also finds by
reading on, so it goes the same way; both ends carry their dates, so that nobody has to guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.growth import Day

WIDTH = 900
HEIGHT = 200
BARS = 80
"""The sides of the two drawings; pages stretch them to the room they have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One day's rise or fall. `kind` is "gained" or "lost"."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """`line` and `area` are for the attributes points and d; `top` and `bottom` are the numbers
    at the upper and lower edge; `most` is the length of the longest bar."""

    line: str
    area: str
    bars: tuple[Bar, ...]
    top: int
    bottom: int
    most: int


def draw(days: Sequence[Day], *, rtl: bool) -> Chart | None:
    """None for fewer than two days, which make no line."""
    if len(days) < 2:
        return None
    bottom, top = _edges([day.active for day in days])
    step = WIDTH / len(days)
    points = []
    for number, day in enumerate(days):
        x = (number + 0.5) * step
        y = HEIGHT - (day.active - bottom) / (top - bottom) * HEIGHT
        points.append((WIDTH - x if rtl else x, y))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Chart(
        line=line,
        area=f"M{points[0][0]:.1f},{HEIGHT} L{line} L{points[-1][0]:.1f},{HEIGHT} Z",
        bars=tuple(_bars(days, [x for x, _ in points], step)),
        top=top,
        bottom=bottom,
        most=_most(days),
    )


def _edges(values: Sequence[int]) -> tuple[int, int]:
    """Round numbers below and above all values, with room for the line."""
    low, high = min(values), max(values)
    units = (part * 10**power for power in range(12) for part in (1, 2, 5))
    unit = next(unit for unit in units if unit * 8 >= high - low)
    bottom = max(0, low - (high - low) // 4) // unit * unit
    top = -(-(high + 1) // unit) * unit
    return bottom, top


def _most(days: Sequence[Day]) -> int:
    return max(1, *(max(day.moves.gained, day.moves.lost) for day in days))


def _bars(days: Sequence[Day], places: Sequence[float], step: float) -> list[Bar]:
    """Above the middle line who came, below it who went, on one scale."""
    middle, scale = BARS / 2, BARS / 2 / _most(days)
    width = round(step * 0.7, 2)
    bars = []
    for day, x in zip(days, places, strict=True):
        left = round(x - width / 2, 2)
        for kind, count in (("gained", day.moves.gained), ("lost", day.moves.lost)):
            if count:
                height = round(count * scale, 2)
                y = middle - height if kind == "gained" else middle
                bars.append(Bar(kind=kind, x=left, y=round(y, 2), width=width, height=height))
    return bars
