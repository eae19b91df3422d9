"""Clicks by hour as a picture: numbers in, the places of its bars out.

Time runs in the direction of reading, as in the chart of the readers (`app.web.admin.chart`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH = 900
HEIGHT = 180
_WIDEST = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class HourBar:
    """One hour's bar, in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class HourChart:
    """`most` is the number of the longest bar, which is as high as the drawing."""

    bars: tuple[HourBar, ...]
    most: int


def draw_hours(hours: Sequence[tuple[datetime, int]], *, rtl: bool) -> HourChart | None:
    """A bar for every hour that has clicks; None where no hour has any."""
    most = max((count for _, count in hours), default=0)
    if not most:
        return None
    step = WIDTH / len(hours)
    width = min(step * 0.8, _WIDEST)
    bars = []
    for number, (_, count) in enumerate(hours):
        if count:
            middle = (number + 0.5) * step
            middle = WIDTH - middle if rtl else middle
            height = max(count / most * HEIGHT, 1.5)
            bars.append(
                HourBar(
                    x=round(middle - width / 2, 2),
                    y=round(HEIGHT - height, 2),
                    width=round(width, 2),
                    height=round(height, 2),
                )
            )
    return HourChart(bars=tuple(bars), most=most)
