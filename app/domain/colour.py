"""Colours as `#rrggbb`, and whether text in one can be read on another (WCAG 2, contrast ratio)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from colorsys import hls_to_rgb, rgb_to_hls

READABLE = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

WHITE, BLACK = "#ffffff", "#000000"

_FORM = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")


class InvalidColour(ValueError):
    """The text is not a colour of three or six hexadecimal digits."""


def colour(text: str) -> str:
    """The colour that somebody typed, as `#rrggbb`: «#A1B», «8E1B2D». Raises `InvalidColour`."""
    match = _FORM.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidColour(text)
    plain = match[1]
    return "#" + (plain if len(plain) == 6 else "".join(digit * 2 for digit in plain))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(one: str, other: str, part: float) -> str:
    """The first colour with `part` (0 to 1) of it replaced by the other."""
    return _hex(a + (b - a) * part for a, b in zip(_channels(one), _channels(other), strict=True))


def label_on(background: str) -> str:
    """White or black, whichever is read better there; its contrast is never below 4.58."""
    return max((WHITE, BLACK), key=lambda label: contrast(label, background))


def nearest_readable(wanted: str, backgrounds: Sequence[str], minimum: float = READABLE) -> str:
    """The colour that is closest to the wanted one, in the same hue, and has the contrast on
    each of the backgrounds. Where none has it on all of them, white or black, on the first."""
    hue, light, saturation = rgb_to_hls(*_channels(wanted))
    for step in range(256):
        for lightness in (light - step / 255, light + step / 255):
            if 0 <= lightness <= 1:
                tried = _hex(hls_to_rgb(hue, lightness, saturation))
                if all(contrast(tried, each) >= minimum for each in backgrounds):
                    return tried
    return label_on(backgrounds[0])


def _luminance(one: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(one)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(one: str) -> tuple[float, float, float]:
    red, green, blue = (int(one[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(min(max(c, 0), 1) * 255):02x}" for c in channels)
