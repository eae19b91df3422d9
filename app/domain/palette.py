"""All colours of a page, from the few that an editor chose: tints, rules and quieter text, and
the same for a dark screen. Every text colour has its contrast on every ground it stands on.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.brand import Colours
from app.domain.colour import READABLE, contrast, label_on, mixed, nearest_readable

_NIGHT = Colours(
    accent="#000000",
    heading="#f6f2ea",
    text="#d8d2c7",
    paper="#1e1c19",
    background="#131210",
    plate="#000000",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Grounds: paper, tint (boxes on the paper), background, plate. On paper and tint: heading,
    text, muted and accent. `quiet` is text on the background, `name` and `date` on the plate,
    `label` on the accent as the ground of a button. `rule` is a hairline, `plate_rule` one on
    the plate."""

    paper: str
    tint: str
    background: str
    plate: str
    heading: str
    text: str
    muted: str
    accent: str
    button: str
    label: str
    quiet: str
    rule: str
    name: str
    date: str
    plate_rule: str


def light(colours: Colours) -> Palette:
    """The palette by day. A chosen colour that is hard to read is moved to the nearest one that
    is not, so a mail can be read even where nobody looked at the warning."""
    return _derived(colours, tint=_tint(colours))


def dark(colours: Colours) -> Palette:
    """The palette by night: warm greys, and the accent of the brand made light enough."""
    night = Colours(
        accent=nearest_readable(colours.accent, [_NIGHT.paper], 6),
        heading=_NIGHT.heading,
        text=_NIGHT.text,
        paper=_NIGHT.paper,
        background=_NIGHT.background,
        plate=colours.plate,
    )
    return _derived(night, tint="#282521")


def _tint(colours: Colours) -> str:
    """Half-way to the background, or nearer to the paper, so that one text goes with both."""
    label = label_on(colours.paper)
    tints = (mixed(colours.paper, colours.background, part) for part in (0.5, 0.25, 0.1))
    return next((t for t in tints if contrast(label, t) >= READABLE), colours.paper)


def _derived(colours: Colours, *, tint: str) -> Palette:
    grounds = [colours.paper, tint]
    text = nearest_readable(colours.text, grounds)
    name = label_on(colours.plate)
    date = mixed(name, colours.plate, 0.15)
    return Palette(
        paper=colours.paper,
        tint=tint,
        background=colours.background,
        plate=colours.plate,
        heading=nearest_readable(colours.heading, grounds),
        text=text,
        muted=nearest_readable(mixed(text, colours.paper, 0.25), grounds, 4.7),
        accent=nearest_readable(colours.accent, grounds),
        button=colours.accent,
        label=label_on(colours.accent),
        quiet=nearest_readable(mixed(text, colours.background, 0.2), [colours.background], 4.7),
        rule=mixed(colours.paper, text, 0.16),
        name=name,
        date=date if contrast(date, colours.plate) >= READABLE else name,
        plate_rule=mixed(colours.plate, name, 0.28),
    )
