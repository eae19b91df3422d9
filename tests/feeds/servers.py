"""A web server on loopback whose every path misbehaves in its own way."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.loopback import serving

FEED = "<rss version='2.0'><channel><title>سدرة</title></channel></rss>".encode()
MODIFIED = "Wed, 22 Jan 2025 05:00:00 GMT"


def bomb(size: int = 50_000_000) -> bytes:
    return gzip.compress(b"\0" * size)


class FaultyHandler(BaseHTTPRequestHandler):
    """`seen` of the server keeps (path, headers) of each request."""

    server: FaultySite

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers.items())))
        name = self.path.partition("?")[0].strip("/").replace("-", "_")
        try:
            getattr(self, f"_{name}", self._missing)()
        except (BrokenPipeError, ConnectionResetError):
            return  # the client has had enough, which is what is tried here

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        return

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _missing(self) -> None:
        self._say(404)

    def _gone(self) -> None:
        self._say(410)

    def _broken(self) -> None:
        self._say(500, b"no")

    def _forbidden(self) -> None:
        self._say(403)

    def _feed(self) -> None:
        if self.headers.get("If-None-Match") == '"one"':
            self._say(304)
            return
        kind = "application/rss+xml; charset=UTF-8"
        self._say(200, FEED, ETag='"one"', Last_Modified=MODIFIED, Content_Type=kind)

    def _always_304(self) -> None:
        self._say(304)

    def _odd_validators(self) -> None:
        self._say(
            200,
            FEED,
            ETag='"' + "x" * 600 + '"',
            Last_Modified="قبل قليل".encode().decode("latin-1"),
        )

    def _gzip(self) -> None:
        self._say(200, gzip.compress(FEED), Content_Encoding="gzip")

    def _deflate(self) -> None:
        self._say(200, zlib.compress(FEED), Content_Encoding="deflate")

    def _bad_gzip(self) -> None:
        self._say(200, b"this is not gzip", Content_Encoding="gzip")

    def _bomb(self) -> None:
        self._say(200, bomb(), Content_Encoding="gzip")

    def _double_bomb(self) -> None:
        self._say(200, gzip.compress(bomb()), Content_Encoding="gzip, gzip")

    def _large(self) -> None:
        self._say(200, b"x" * 200_000)

    def _large_without_length(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"x" * 10_000)

    def _claims_too_much(self) -> None:
        self._say(200, FEED, Content_Length=str(len(FEED) + 500))

    def _claims_huge(self) -> None:
        self._say(200, FEED, Content_Length=str(10**18))

    def _claims_nonsense(self) -> None:
        self._say(200, FEED, Content_Length="many")

    def _two_lengths(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.send_header("Content-Length", "2")
        self.end_headers()

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        self._trickle()

    def _drip_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._trickle()

    def _drip_chunks(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;")
        self._trickle()

    def _silence(self) -> None:
        self.server.over.wait(20)

    def _not_http(self) -> None:
        self.wfile.write(b"220 mail.sidra.example ESMTP\r\n")

    def _hangs_up(self) -> None:
        self.close_connection = True

    def _bad_chunks(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc")

    def _many_headers(self) -> None:
        self.send_response(200)
        for number in range(300):
            self.send_header(f"X-{number}", "x")
        self.end_headers()

    def _moved(self) -> None:
        self._say(301, Location="/feed")

    def _loop(self) -> None:
        self._say(302, Location="/loop-back")

    def _loop_back(self) -> None:
        self._say(302, Location="/loop")

    def _endless(self) -> None:
        number = int(self.path.partition("?")[2] or 0)
        self._say(307, Location=f"/endless?{number + 1}")

    def _to_metadata(self) -> None:
        self._say(302, Location="http://169.254.169.254/latest/meta-data/")

    def _to_file(self) -> None:
        self._say(302, Location="file:///etc/passwd")

    def _to_userinfo(self) -> None:
        self._say(302, Location="http://root:secret@127.0.0.1/")

    def _to_nothing(self) -> None:
        self._say(302)

    def _trickle(self) -> None:
        """A byte now and then, always before a socket would time out."""
        while not self.server.over.is_set():
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)


class FaultySite(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FaultyHandler)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def faulty_site() -> Iterator[FaultySite]:
    with FaultySite() as site, serving(site):
        try:
            yield site
        finally:
            site.over.set()
