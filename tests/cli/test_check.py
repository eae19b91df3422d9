"""`nashra check-dns` and `check-smtp` against a name server and a mail server of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from app.store.tables import Pulse
from tests.cli.test_content import run
from tests.mail.smtp.scripted import OK, ScriptedServer
from tests.name_server import name_server

KEY = "a key for tests that is long enough"


@pytest.fixture
def known(migrated_url: str, redis_url: str, engine: Engine) -> Iterator[dict[str, str]]:
    """The settings of a deployment; what the commands keep in the shared database is removed."""
    yield {
        "DATABASE_URL": migrated_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": KEY,
        "SMTP_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "news@levant.example",
    }
    with engine.begin() as connection:
        connection.execute(delete(Pulse))


def test_dns_says_what_to_publish(tmp_path: Path, known: dict[str, str]) -> None:
    zone = {("levant.example", "TXT"): ['"v=spf1 +all"']}
    with name_server(zone) as server:
        known["DNS_SERVERS"] = "{}:{}".format(*server.address)
        told = run(tmp_path, "check-dns", **known)
        assert told.returncode == 1, told.stderr
        assert "bad      spf_all_pass" in told.stdout
        assert "publish  levant.example TXT v=spf1 ~all" in told.stdout
        answer = json.loads(run(tmp_path, "check-dns", "--json", **known).stdout)
    assert answer["level"] == "bad"
    assert [check["record"] for check in answer["checks"]] == ["spf", "dkim", "dmarc", "mx"]


def test_smtp_says_where_it_stops(tmp_path: Path, known: dict[str, str]) -> None:
    with ScriptedServer([OK, "550 no such user"], []) as server:
        known["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}"
        told = run(tmp_path, "check-smtp", "reader@example.org", **known)
        assert told.returncode == 1
        assert "recipient  recipient_refused: 550 no such user" in told.stdout
        told = run(tmp_path, "check-smtp", "reader@example.org", "--json", **known)
        assert told.returncode == 0, told.stdout
        assert json.loads(told.stdout)[-1] == {
            "step": "content",
            "fault": None,
            "number": None,
            "reply": "",
        }
        told = run(tmp_path, "check-smtp", "nobody", **known)
        assert (told.returncode, "is no address" in told.stderr) == (2, True)
