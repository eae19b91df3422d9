"""The HTML of every golden mail against caniemail's data on what Gmail, Outlook (for Windows too),
Apple Mail and Yahoo support. What is not on the list of enhancements fails, and what is on it
without need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.judges.enhancements import ENHANCEMENTS
from tests.judges.outside import ask, needs_node_modules
from tests.mail.goldens import NAMES, approved

pytestmark = needs_node_modules

SCRIPT = Path(__file__).parent / "lint_mails.mjs"
CLIENTS = ["apple-mail.*", "gmail.*", "outlook.*", "yahoo.*"]

Report = tuple[str, str, str]
"""A feature, a client, and `none` or `partly`."""

ALLOWED: frozenset[Report] = frozenset(
    (feature, client, level)
    for feature, enhancement in ENHANCEMENTS.items()
    for level, clients in (("none", enhancement.none), ("partly", enhancement.partly))
    for client in clients.split()
)


def reports(pages: Mapping[str, str]) -> Mapping[Report, str]:
    """What caniemail says of the pages, each with its notes and a page where it was found."""
    told = ask(SCRIPT, {"pages": pages, "clients": CLIENTS})
    return {
        (feature, client, level): f"{page}: {notes}" for feature, client, level, notes, page in told
    }


@pytest.fixture(scope="module")
def found() -> Mapping[Report, str]:
    return reports({name: approved(name).html for name in NAMES})


def test_nothing_is_used_that_degrades_badly(found: Mapping[Report, str]) -> None:
    assert {report: where for report, where in found.items() if report not in ALLOWED} == {}


def test_no_enhancement_is_listed_that_nothing_needs(found: Mapping[Report, str]) -> None:
    assert sorted(ALLOWED - found.keys()) == []


@pytest.mark.parametrize(
    ("style", "feature"),
    [
        ("display:flex", "display:flex"),
        ("object-fit:cover", "object-fit"),
        ("background-image:url(https://img.example/a.png)", "background-image"),
        ("position:absolute", "position"),
    ],
)
def test_the_judge_knows_what_mails_cannot_do(style: str, feature: str) -> None:
    page = approved(NAMES[0]).html.replace("</body>", f'<p style="{style}">خبر</p></body>')
    beyond = {report[0] for report in reports({"spoiled": page}) if report not in ALLOWED}
    assert feature in beyond
