"""`nashra articles`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.conftest import Operator
from tests.loopback import serving

PROSE = "حمل المتطوعون ألف غرسة أرز إلى السفح، وزرعوها في صفوف تتبع خطوط الماء القديمة. "
PAGES = {
    "/cedar": "<html><head><meta property='og:type' content='article'><meta "
    "property='article:section' content='مجتمع'></head><body><article><h1>ألف غرسة على السفح</h1>"
    f"<p>{PROSE * 3}</p><p>{PROSE * 2}</p></article></body></html>",
    "/list": "<html><body><h1>كل الأخبار</h1></body></html>",
}


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES[self.path].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server, serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


def test_an_article_comes_in_by_its_address(operator: Operator, site: str) -> None:
    added = operator("articles", "add", f"{site}/cedar", "--json")
    made = json.loads(added.stdout)
    assert (made["headline"], made["topic"]) == ("ألف غرسة على السفح", "society")
    number = str(made["id"])
    again = operator("articles", "add", f"{site}/cedar")
    assert (again.exit_code, f"article {number} has this address" in again.stderr) == (1, True)
    empty = operator("articles", "add", f"{site}/list", "--topic", "sport")
    assert (empty.exit_code, "holds no article" in empty.stderr) == (1, True)
    assert "is withdrawn" in operator("articles", "withdraw", number).stdout
    assert "is back" in operator("articles", "restore", number).stdout
    unknown = operator("articles", "withdraw", "99")
    assert (unknown.exit_code, "no article 99" in unknown.stderr) == (1, True)
