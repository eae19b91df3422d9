"""The newsroom in a real browser: the pages of the test's own transaction, served on loopback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from playwright.sync_api import Page
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from app.config import Settings
from tests.web.conftest import Clock, make_app
from tests.web.site import Site

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

_FIND = """async () => {
    const report = await axe.run(document);
    return report.violations.map(
        rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).join(" | ")}`);
}"""


@contextmanager
def served(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    turns: AbstractContextManager[object] | None = None,
) -> Iterator[str]:
    """The address of the site. It answers one request after another, and the test waits
    meanwhile: both may use the one transaction. Where a page asks by itself, a test that goes on
    with the database holds the lock `turns`. The name is one that passkeys are made for.

    Each connection has a thread: a browser opens some that it says nothing on for a long time.
    """
    server = make_server("localhost", 0, lambda *_: [], threaded=True)
    base = f"http://localhost:{server.port}"
    app = make_app(settings.with_(base_url=base), sessions, clock)
    answer, turns = app.wsgi_app, turns or Lock()

    def in_turn(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with turns:
            return answer(environ, start)

    app.wsgi_app = in_turn  # type: ignore[method-assign]
    server.app = app
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["nashra"].engine.dispose()


def take_cookie(page: Page, site: Site, base: str) -> None:
    """The browser goes on as whoever sits at the desk."""
    cookie = site.client.get_cookie("nashra", domain="levant.example")
    assert cookie is not None
    page.context.add_cookies([{"name": "nashra", "value": cookie.value, "url": base}])


def look_at(page: Page, paths: Sequence[str], widths: Sequence[int] = (390, 1280)) -> list[str]:
    """What is wrong with these pages: wider than the screen, found by axe in light or dark, or
    told by the browser. A page whose policy keeps axe out needs a context without policies."""
    found: list[str] = []
    page.on("console", lambda message: found.append(f"{page.url}: {message.text}"))
    for path in paths:
        page.goto(path)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} is wider than {width}")
        if not AXE.exists():
            continue
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{path}, {scheme}: {problem}" for problem in page.evaluate(_FIND)]
    return found
