"""Numbers for Prometheus, for those who hold the token."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.store.bounces import count_feedback
from app.store.pulse import WORKER, beat
from app.store.tables import Campaign
from app.usecases.tick import tick
from app.web.exposition import Gauge, exposed
from tests.store.ledger_rows import add_campaign
from tests.web.conftest import Clock, make_app

TOKEN = "a token for those who watch"
LINE = re.compile(r"(nashra_[a-z_]+)(\{[^}]*\})? (-?\d+\.\d+(?:e[+-]\d+)?)")


@pytest.fixture
def watched(settings: Settings, sessions: sessionmaker[Session], clock: Clock) -> Flask:
    return make_app(settings.with_(metrics_token=TOKEN), sessions, clock)


def ask(app: Flask, authorization: str = f"Bearer {TOKEN}") -> TestResponse:
    headers = {"Authorization": authorization} if authorization else {}
    return app.test_client().get("/metrics", base_url="https://levant.example", headers=headers)


def test_without_the_setting_there_is_no_such_page(app: Flask) -> None:
    assert ask(app).status_code == 404
    assert ask(app, "Bearer ").status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", "Bearer تخمين"])
def test_without_the_token_nothing_is_told(watched: Flask, given: str) -> None:
    answer = ask(watched, given.encode().decode("latin-1"))
    assert (answer.status_code, answer.data) == (401, b"")


def test_what_is_told(
    watched: Flask,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
) -> None:
    chunk = add_campaign(session, clock.now, readers=4)
    chunk.sent = 1
    campaign = session.get_one(Campaign, chunk.campaign_id)
    campaign.trouble = "a server that is away"
    beat(session, WORKER, 'bulk@"one"', now=clock.now, queues=["bulk"], free=5_000)
    count_feedback(session, "forged", now=clock.now)
    count_feedback(session, "forged", now=clock.now)
    session.commit()
    tick(sessions, settings, now=clock.now)
    answer = ask(watched)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    told = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            found = LINE.fullmatch(line)
            assert found, line
            told[found[1] + (found[2] or "")] = float(found[3])
    assert told['nashra_deliveries{state="sent"}'] == 1
    assert told['nashra_deliveries{state="pending"}'] == 3
    assert told['nashra_campaigns{state="sending"}'] == 1
    assert told["nashra_campaigns_in_trouble"] == 1
    assert told['nashra_health{part="relay"}'] == 2
    assert told["nashra_clock_last_tick_timestamp_seconds"] == clock.now.timestamp()
    assert told['nashra_journal_free_bytes{worker="bulk@\\"one\\""}'] == 5_000
    assert told['nashra_readers{state="suppressed"}'] == 0
    assert told['nashra_feedback_messages{came="forged"}'] == 2
    assert told['nashra_bounces{kind="hard"}'] == 0
    assert campaign.trouble not in answer.text


def test_labels_cannot_break_the_page() -> None:
    page = exposed(
        [Gauge(name="x", meaning="a\nb", values=[({"of": 'a"\\\nb'}, 1.5), ({"of": ""}, 2e12)])]
    )
    assert page == (
        '# HELP x a\\nb\n# TYPE x gauge\nx{of="a\\"\\\\\\nb"} 1.5\nx{of=""} 2000000000000.0\n'
    )
