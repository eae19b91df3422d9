"""How well a colour is read on another: the contrast ratio of WCAG 2.2.

The preflight measures each text of a mail with it, and chosen colours can be checked beforehand.
"""

from __future__ import annotations

import re

LEAST_CONTRAST = 4.5
"""What text needs (WCAG 2.2, 1.4.3, level AA)."""

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

Colour = tuple[int, int, int]


def read_colour(text: str) -> Colour | None:
    """Red, green and blue of `#rgb` or `#rrggbb`; None for anything else."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of their relative luminances, from 1 (the same) to 21 (black and white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
