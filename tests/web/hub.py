"""A WebSub hub of our own on loopback: it takes what is asked of it, and signs what it pushes."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.loopback import serving


class Hub(ThreadingHTTPServer):
    """Serves the feed at /feed, which names the hub, and takes requests at /hub. `status` is
    what it answers to them; `asked` are their forms, the newest last."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, str]] = []
        self.status = 202
        self.names_itself = True
        self.titles = ["خبر أول"]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    @property
    def newest(self) -> dict[str, str]:
        return self.asked[-1]

    @property
    def callback(self) -> str:
        """The path that pushes go to."""
        return urlsplit(self.newest["hub.callback"]).path

    def feed(self) -> bytes:
        items = "".join(
            f"<item><guid>{title}</guid><title>{title}</title></item>" for title in self.titles
        )
        links = ""
        if self.names_itself:
            links = (
                f'<atom:link rel="hub" href="{self.url("/hub")}"/>'
                f'<atom:link rel="self" href="{self.url("/feed")}"/>'
            )
        start = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
        return f"{start}<title>سدرة</title>{links}{items}</channel></rss>".encode()

    def question(self, mode: str = "subscribe", **other: str) -> str:
        """The callback's address as the hub opens it to verify, or to deny."""
        asked = {
            "hub.mode": mode,
            "hub.topic": self.newest["hub.topic"],
            "hub.challenge": "a<b>&challenge",
            "hub.lease_seconds": self.newest["hub.lease_seconds"],
        }
        given = {name.replace("_", ".", 1): value for name, value in other.items()}
        return f"{self.callback}?{urlencode(asked | given)}"

    def signature(self, body: bytes, secret: str = "", method: str = "sha256") -> str:
        key = secret or self.newest["hub.secret"]
        return f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self._answer(200, self.server.feed())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(dict(parse_qsl(body.decode())))
        self._answer(self.server.status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def running_hub() -> Iterator[Hub]:
    with Hub() as hub, serving(hub):
        yield hub
