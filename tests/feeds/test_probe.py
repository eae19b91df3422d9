"""Whether an address answers, against real servers on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.feeds.errors import BadStatus, NotFound
from app.feeds.probe import probe, trouble_of
from tests.feeds.servers import FaultySite, faulty_site


class Heads(BaseHTTPRequestHandler):
    """`/head` answers HEAD alone, `/get` refuses HEAD, `/picture.png` is a picture."""

    asked: list[str]

    def do_HEAD(self) -> None:
        self.server.asked.append(f"HEAD {self.path}")  # type: ignore[attr-defined]
        self._say(405 if self.path == "/get" else 200)

    def do_GET(self) -> None:
        self.server.asked.append(f"GET {self.path}")  # type: ignore[attr-defined]
        self._say(200)

    def _say(self, status: int) -> None:
        kind = "image/png" if self.path.endswith(".png") else "text/html; charset=utf-8"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        return


@pytest.fixture
def heads() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heads)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def faults() -> Iterator[FaultySite]:
    with faulty_site() as site:
        yield site


def test_one_head_is_enough(heads: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{heads.server_port}"
    found = probe(f"{url}/picture.png", seconds=5, allow_private=True)
    assert (found.status, found.content_type) == (200, "image/png")
    assert heads.asked == ["HEAD /picture.png"]  # type: ignore[attr-defined]


def test_a_server_that_refuses_head_is_asked_properly(heads: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{heads.server_port}/get"
    assert probe(url, seconds=5, allow_private=True).content_type == "text/html"
    assert heads.asked == ["HEAD /get", "GET /get"]  # type: ignore[attr-defined]


def test_missing_and_broken(faults: FaultySite) -> None:
    with pytest.raises(NotFound):
        probe(f"{faults.url}/nowhere", seconds=5, allow_private=True)
    with pytest.raises(BadStatus):
        probe(f"{faults.url}/forbidden", seconds=5, allow_private=True)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("gone", "not_found"),
        ("broken", "bad_status"),
        ("loop", "redirect_loop"),
        ("to-file", "bad_redirect"),
        ("hangs-up", "connection_failed"),
    ],
)
def test_each_trouble_has_its_code(faults: FaultySite, path: str, code: str) -> None:
    assert trouble_of(f"{faults.url}/{path}", seconds=5, allow_private=True) == (code, None)


def test_the_guard_holds(faults: FaultySite) -> None:
    assert trouble_of(f"{faults.url}/feed", seconds=5, allow_private=False)[0] == "private_address"
    assert trouble_of(f"{faults.url}/to-metadata", seconds=5, allow_private=True)[0] == (
        "private_address"
    )
    assert trouble_of("javascript:alert(1)", seconds=5, allow_private=True)[0] == "bad_url"


def test_a_body_without_end_is_not_read(faults: FaultySite) -> None:
    code, found = trouble_of(f"{faults.url}/bomb", seconds=5, allow_private=True)
    assert code == ""
    assert found is not None
