"""`nashra source`, `nashra topic` and `nashra ingest`, once on a folder where nothing runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.config import REQUIRED
from tests.cli.conftest import Operator
from tests.loopback import serving

FEED = """<rss version="2.0"><channel><title>مصدر</title>
<item><guid>1</guid><title>افتتاح السوق</title><link>https://a.example/1</link></item>
</channel></rss>""".encode()


class _OneFeed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/feed.xml"
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(FEED) if found else 0))
        self.end_headers()
        if found:
            self.wfile.write(FEED)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _OneFeed) as server, serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


def run(data_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    known = (*REQUIRED, "DATA_DIR", "ALLOW_PRIVATE_FEEDS")
    environ = {k: v for k, v in os.environ.items() if k not in known} | settings
    command = [sys.executable, "-m", "app.cli", "--data", str(data_dir), *arguments]
    return subprocess.run(
        command, check=False, env=environ, capture_output=True, text=True, timeout=120
    )


def test_a_feed_on_this_machine_comes_in_when_everything_is_embedded(
    data_dir: Path, site: str
) -> None:
    added = run(data_dir, "source", "add", f"{site}/feed.xml", "--topic", "economy", "--json")
    assert json.loads(added.stdout)["topic"] == "economy"
    broken = run(data_dir, "source", "add", f"{site}/none.xml", "--topic", "sport")
    assert broken.returncode == 0
    told = run(data_dir, "ingest", "--json")
    assert told.returncode == 0
    report = json.loads(told.stdout)
    assert (report["new"], report["changed"]) == (1, 0)
    assert [(one["status"], one["error"]) for one in report["sources"]] == [
        ("new", ""),
        ("failed", "not_found"),
    ]
    refused = run(data_dir, "ingest", "--json", ALLOW_PRIVATE_FEEDS="0")
    errors = [one["error"] for one in json.loads(refused.stdout)["sources"]]
    assert errors == ["private_address", "private_address"]


def test_what_is_refused_says_what_would_be_right(operator: Operator) -> None:
    unknown = operator("source", "add", "https://a.example/feed", "--topic", "weather")
    assert unknown.exit_code != 0
    assert "there is no topic weather; the topics are: politics, economy" in unknown.stderr
    for _ in range(2):
        again = operator("source", "add", "https://a.example/feed", "--topic", "sport")
    assert again.exit_code != 0
    assert "https://a.example/feed is a source already" in again.stderr
    scheme = operator("source", "add", "ftp://a.example/feed", "--topic", "sport")
    assert scheme.exit_code != 0
    assert scheme.stderr.count("http:// or https://") == 1
    assert not any("Traceback" in one.stderr for one in (unknown, again, scheme))
