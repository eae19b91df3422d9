"""Whose a click was, by what the request says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.campaign import CampaignState
from app.domain.clicks import Visit, burst_size, hour_of, is_machine

NOW = datetime(2025, 1, 22, 6, 30, 12, 5, tzinfo=UTC)

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
CUBOT = (
    "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)


def visit(agent: str, *, method: str = "GET", is_prefetch: bool = False) -> Visit:
    return Visit(method=method, agent=agent, is_prefetch=is_prefetch, place="here")


@pytest.mark.parametrize("agent", [CHROME, IPHONE, CUBOT])
def test_people_have_browsers(agent: str) -> None:
    assert not is_machine(visit(agent))


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "WhatsApp/2.24.1 A",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "BarracudaCentral Safari/537.36"
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "HeadlessChrome/131.0.0.0 Safari/537.36"
        ),
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    ],
)
def test_programs_say_so(agent: str) -> None:
    assert is_machine(visit(agent))


def test_a_look_ahead_is_no_click() -> None:
    assert is_machine(visit(CHROME, method="HEAD"))
    assert is_machine(visit(CHROME, is_prefetch=True))


def test_a_burst_is_smaller_while_mails_are_handed_over() -> None:
    sending = burst_size(CampaignState.SENDING, None, NOW)
    just_now = burst_size(CampaignState.FINISHED, NOW - timedelta(seconds=30), NOW)
    later = burst_size(CampaignState.FINISHED, NOW - timedelta(hours=2), NOW)
    assert sending == just_now < later


def test_an_hour_begins_at_its_full() -> None:
    assert hour_of(NOW) == datetime(2025, 1, 22, 6, tzinfo=UTC)
