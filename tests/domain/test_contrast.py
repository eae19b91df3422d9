"""The contrast of two colours, by the examples of WCAG and of common checkers."""

from __future__ import annotations

import pytest

from app.domain.contrast import LEAST_CONTRAST, contrast, read_colour


@pytest.mark.parametrize(
    ("ink", "paper", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#fff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_ratio(ink: str, paper: str, ratio: float) -> None:
    one, other = read_colour(ink), read_colour(paper)
    assert one is not None
    assert other is not None
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_grey_around_the_limit() -> None:
    white = (255, 255, 255)
    assert contrast((0x76,) * 3, white) >= LEAST_CONTRAST > contrast((0x77,) * 3, white)


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345g", "#1234567", "rgb(1,2,3)"])
def test_what_is_no_hex_colour(text: str) -> None:
    assert read_colour(text) is None


def test_short_form() -> None:
    assert read_colour(" #1aF ") == (0x11, 0xAA, 0xFF)
