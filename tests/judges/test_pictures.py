"""Every golden mail looks as it was approved: three widths, by day and by night.

After a change that was meant and looked at: `python -m tests.judges.approve`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page

from tests.browser import BROWSER_MARKS
from tests.judges.approve import DRAWN_WITH, FOLDER, picture_file, pictures
from tests.judges.comparing import difference, marked
from tests.judges.eye import SCHEMES, WIDTHS, fonts_here, needs_fonts, shot, show
from tests.mail.goldens import NAMES, approved

pytestmark = [*BROWSER_MARKS, needs_fonts]


@pytest.fixture(scope="module")
def machine(page: Page) -> str:
    browser = page.context.browser
    here = {"chromium": browser.version if browser else "", "fonts": fonts_here()}
    return compared(here, json.loads(DRAWN_WITH.read_text(encoding="utf-8")))


def compared(here: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    """What to say of this machine beside a difference."""
    if others := [name for name in then["fonts"] if here["fonts"].get(name) != then["fonts"][name]]:
        return (
            "THE FONTS OF THIS MACHINE ARE NOT THOSE OF THE APPROVED PICTURES: another version of "
            f"fonts-noto-core has {', '.join(others)}. The mails need not have changed at all."
        )
    return (
        f"The fonts are those of the approved pictures; Chromium is {here['chromium']} and was "
        f"{then['chromium']}. If the change is meant, look at it and run "
        "`python -m tests.judges.approve`."
    )


def test_other_fonts_are_named_beside_a_difference() -> None:
    then = json.loads(DRAWN_WITH.read_text(encoding="utf-8"))
    assert "are those of the approved" in compared(then, then)
    other = {**then, "fonts": {**then["fonts"], "NotoSans-Bold": "0"}}
    assert "ARE NOT THOSE" in (told := compared(other, then))
    assert "NotoSans-Bold" in told


def test_each_mail_has_its_pictures_and_no_others_are_kept() -> None:
    expected = {picture_file(n, width, s) for n in NAMES for width in WIDTHS for s in SCHEMES}
    assert set(FOLDER.glob("*/*")) == expected
    assert sum(file.stat().st_size for file in expected) < 6_000_000


@pytest.mark.parametrize("name", NAMES)
def test_it_looks_as_approved(name: str, page: Page, machine: str, tmp_path: Path) -> None:
    differences = []
    for file, taken in pictures(page, name):
        if not file.exists():
            differences.append(f"{file.stem}: was never approved")
            continue
        with Image.open(file) as old:
            was = old.convert("RGB")
        if what := difference(was, taken):
            sheet = tmp_path / f"{file.stem}.png"
            marked(was, taken).save(sheet)
            differences.append(f"{file.stem}: {what}; see {sheet}")
    assert not differences, "\n".join([*differences, machine])


BREAKS = {
    "a direction that is lost": (
        r'(class="lead rtl".*?)direction: rtl;text-align: right',
        r"\1direction: ltr;text-align: left",
    ),
    "a result turned round": (r">71</span>(.*?)>69<", r">69</span>\1>71<"),
    "a picture that does not come": (r"img\.example/desk", "img.invalid/desk"),
    "something wider than the column": (r'(class="hello" style=")', r"\1width: 700px;"),
    "another colour of small words": (r'(class="contents-topic"[^>]*color: )#8e1b2d', r"\1#1b2d8e"),
    "a paler grey": (r'(class="count"[^>]*color: )#6a655f', r"\1#9a958f"),
    "a colour of the night": (r"\.kicker, \.contents-topic,", ".contents-topic,"),
    "a word that is lost": ("سعر موحد", "سعر"),
    "a pixel more": ("padding-top: 28px", "padding-top: 29px"),
}
"""What is done to a mail: a pattern, and what stands in its first place then."""


@pytest.mark.parametrize("broken", BREAKS)
def test_a_break_is_seen(broken: str, page: Page) -> None:
    html, count = re.subn(*BREAKS[broken], approved("morning_ar").html, count=1, flags=re.DOTALL)
    assert count == 1
    show(page, html)
    found = []
    for scheme in SCHEMES:
        with Image.open(picture_file("morning_ar", 360, scheme)) as old:
            found.append(difference(old.convert("RGB"), shot(page, width=360, scheme=scheme)))
    assert any(found)


@pytest.mark.parametrize("name", ["morning_ar", "letter_en"])
def test_smoother_edges_are_no_difference(name: str) -> None:
    with Image.open(picture_file(name, 360, "light")) as old:
        was = old.convert("RGB")
    smoother = was.filter(ImageFilter.GaussianBlur(0.5))
    assert smoother.tobytes() != was.tobytes()
    assert difference(was, smoother) == ""
