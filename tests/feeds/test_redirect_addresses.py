"""Where a redirect leads when its Location is not what the standard asks for."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.feeds.errors import BadRedirect
from app.feeds.fetch import FetchLimits, fetch_feed
from tests.loopback import serving

LIMITS = FetchLimits(max_bytes=10_000, seconds=10)


class _Redirecting(BaseHTTPRequestHandler):
    """`/` leads to the server's `location`; every other path answers with itself."""

    def do_GET(self) -> None:
        if self.path != "/":
            self._answer(200, self.path.encode())
            return
        location: bytes | None = self.server.location  # type: ignore[attr-defined]
        if location is not None:
            # Header bytes go out as they are, as servers written in PHP send them.
            self.send_response(302)
            self._headers_buffer.append(b"Location: " + location + b"\r\n")  # type: ignore[attr-defined]
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._answer(302, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Redirecting) as server, serving(server):
        yield server


def _fetch(server: ThreadingHTTPServer, location: bytes | None) -> bytes:
    server.location = location  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{server.server_port}/"
    return fetch_feed(url, limits=LIMITS, allow_private=True).body


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/أخبار/خلاصة.xml".encode(), b"/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/"),
        (b"/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/", b"/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/"),
        (b"feed%0d%0aX-Evil:%201", b"/feed%0D%0AX-Evil:%201"),
        (b"  /spaces  ", b"/spaces"),
    ],
)
def test_what_is_asked_for_next(server: ThreadingHTTPServer, location: bytes, path: bytes) -> None:
    assert _fetch(server, location).startswith(path)


@pytest.mark.parametrize(
    "location", [None, b"", b"ftp://127.0.0.1/", b"file:///etc/passwd", b"http://u:p@127.0.0.1/"]
)
def test_a_redirect_to_nowhere_is_refused(
    server: ThreadingHTTPServer, location: bytes | None
) -> None:
    with pytest.raises(BadRedirect):
        _fetch(server, location)
