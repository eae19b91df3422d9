from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.mail_dns.daily import ASK_AGAIN, EVERY, is_due, is_published

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("domain", ["levant-news.org", "mail.levant.co.uk", "صحيفة.شبكة"])
def test_a_domain_of_the_world_is_looked_at(domain: str) -> None:
    assert is_published(domain)


@pytest.mark.parametrize(
    "domain",
    ["levant.example", "news.example.org", "mail.test", "localhost", "press.local", "127.0.0.1"],
)
def test_a_domain_that_nobody_can_publish_is_left_alone(domain: str) -> None:
    assert not is_published(domain)


@pytest.mark.parametrize(
    ("looked", "asked", "due"),
    [
        (None, None, True),
        (EVERY, EVERY, True),
        (EVERY / 2, None, False),
        (None, ASK_AGAIN / 2, False),
        (EVERY * 3, ASK_AGAIN / 2, False),
        (EVERY * 3, ASK_AGAIN, True),
    ],
)
def test_it_is_due_once_a_day_and_sooner_after_silence(
    looked: timedelta | None, asked: timedelta | None, due: bool
) -> None:
    ago = [None if span is None else NOW - span for span in (looked, asked)]
    assert is_due(looked=ago[0], asked=ago[1], now=NOW) is due
