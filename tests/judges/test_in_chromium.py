"""Every golden mail in a browser: it fits a telephone, Arabic begins at the right, and all of it
can be read, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import BROWSER_MARKS
from tests.judges.eye import SCHEMES, WIDTHS, Scheme, needs_fonts, show
from tests.mail.goldens import NAMES, approved
from tests.mail.page import contrast

pytestmark = [*BROWSER_MARKS, needs_fonts]

LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")
SMALLEST = 16
READABLE = 4.5
AGAINST_THE_LINE = {"tag end-rtl", "tag end-ltr"}
"""The one cell that is set against its direction, beside the name."""


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_read_at_every_width_by_day_and_by_night(name: str, page: Page) -> None:
    show(page, approved(name).html)
    problems = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            problems += [f"{width}, {scheme}: {what}" for what in seen(page, width, scheme)]
    assert problems == []


@pytest.mark.parametrize("name", ["morning_ar", "brief_ar"])
def test_no_range_is_broken_at_a_lines_end(name: str, page: Page) -> None:
    html = approved(name).html
    assert broken_ranges(page, html) == []
    # The widths are such that each would break somewhere.
    free = html.replace("white-space: nowrap", "white-space: normal")
    assert len(broken_ranges(page, free)) >= 2


BREAKS = {
    "a word wider than a telephone": (r"(<h1[^>]*>)", r"\1" + "ب" * 60, "wide"),
    "Arabic at the left": (
        r'(class="lead rtl".*?)text-align: right', r"\1text-align: left", "stands at",
    ),
    "a pale text": (r'(class="count"[^>]*color: )#6a655f', r"\1#8a857f", "contrast"),
    "a colour that the night forgets": (r"\.hello, \.headline,", ".headline,", "contrast"),
    "a small text": (r'(class="count"[^>]*font-size: )16px', r"\g<1>13px", "is 13 px"),
    "a picture that does not come": (r"img\.example/desk", "img.invalid/desk", "no picture"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_a_break_is_seen(broken: str, page: Page) -> None:
    pattern, becomes, told = BREAKS[broken]
    html, count = re.subn(pattern, becomes, approved("morning_ar").html, count=1, flags=re.DOTALL)
    assert count == 1
    show(page, html)
    problems = [what for scheme in SCHEMES for what in seen(page, 360, scheme)]
    assert problems
    assert all(told in what for what in problems)


def seen(page: Page, width: int, scheme: Scheme) -> list[str]:
    """What is wrong with the mail on the page at this width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    look = page.evaluate(LOOK)
    problems = [f"no picture: {address}" for address in look["missing_pictures"]]
    if look["width"] > width:
        problems.append(f"{look['width']} px wide")
    for text in look["texts"]:
        problems += [f"{what}: {text['text']}" for what in _unreadable(text)]
        problems += [f"{what}: {text['text']}" for what in _misplaced(text)]
    return problems


def _unreadable(text: dict[str, Any]) -> list[str]:
    problems = []
    if text["size"] < SMALLEST:
        problems.append(f"is {text['size']} px")
    ratio = contrast(_hex(text["colour"]), _hex(text["ground"]))
    if ratio < READABLE:
        problems.append(f"contrast {ratio:.2f}")
    return problems


def _misplaced(text: dict[str, Any]) -> list[str]:
    """Where a line does not begin at the edge that its direction begins at."""
    if text["block"] in AGAINST_THE_LINE:
        return []
    side = 1 if text["direction"] == "rtl" else 0
    edge = text["edges"][side]
    return [
        f"a line of {text['block']!r} stands at {line[side]} and not at {edge}"
        for line in text["lines"]
        if abs(line[side] - edge) > 1.5
    ]


BROKEN = """() => [...document.querySelectorAll(".whole")]
    .filter(range => new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1)
    .map(range => range.textContent)"""


def broken_ranges(page: Page, html: str) -> list[str]:
    """Ranges of numbers that stand on two lines at any of many widths."""
    show(page, html)
    found: set[str] = set()
    for width in range(300, 620, 8):
        page.set_viewport_size({"width": width, "height": 900})
        found.update(page.evaluate(BROKEN))
    return sorted(found)


def _hex(colour: list[float]) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in colour)
