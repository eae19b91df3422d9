"""The sign-up box on somebody else's pages, in a browser: a site of its own origin on loopback
frames the box and carries the plain form, once allowed and once not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.staff import Role
from app.store.tables import AllowedOrigin, Signup, Topic
from app.usecases.manage_origins import allow_origin
from tests.browser import BROWSER_MARKS
from tests.loopback import serving
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk, desk, staff
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS
__all__ = ["desk", "staff"]


class _Elsewhere(BaseHTTPRequestHandler):
    """Another site: one page, of whatever code was pasted into it."""

    code: ClassVar[str] = ""

    def do_GET(self) -> None:
        body = f"<!doctype html><meta charset=utf-8><title>x</title><body>{self.code}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@dataclass(slots=True)
class Web:
    """A reader's browser, our site and another one."""

    page: Page
    ours: str
    other: str
    complaints: list[str] = field(default_factory=list)

    def paste(self, code: str) -> None:
        _Elsewhere.code = code
        self.page.goto(self.other)


@pytest.fixture
def web(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    browser: Browser,
    topics: list[Topic],
    redis_emptied: None,
) -> Iterator[Web]:
    with (
        served(settings, sessions, clock) as ours,
        ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server,
        serving(server),
    ):
        context = browser.new_context(viewport={"width": 390, "height": 900})
        context.set_default_timeout(10_000)
        web = Web(
            page=context.new_page(), ours=ours, other=f"http://127.0.0.1:{server.server_port}"
        )
        web.page.on("console", lambda message: web.complaints.append(message.text))
        yield web
        context.close()


def copied(web: Web, desk: Desk, language: str, size: str) -> tuple[str, str]:
    """Both codes as an editor copies them, from our own page."""
    context = web.page.context.browser.new_context(base_url=web.ours)  # type: ignore[union-attr]
    page = context.new_page()
    page.goto("/admin/login")
    take_cookie(page, desk(Role.EDITOR), web.ours)
    page.goto("/admin/widgets")
    page.locator(f"[name=size][value={size}]").check()
    page.locator(f"[name=box][value={language}]").check()
    frame = page.locator("#frame-code")
    expect(frame).to_contain_text(f"lang={language}&amp;size={size}")
    page.locator("[data-copy]").first.click()
    expect(page.locator("[data-copy]").first).to_have_text("نُسخ")
    both = frame.input_value(), page.locator("#form-code").input_value()
    context.close()
    return both


@pytest.mark.parametrize(("language", "size"), [("ar", "large"), ("en", "small")])
def test_readers_of_an_allowed_site_sign_up_there(
    web: Web, desk: Desk, session: Session, clock: Clock, language: str, size: str
) -> None:
    frame_code, form_code = copied(web, desk, language, size)
    web.paste(frame_code)
    blocked = web.page.frame_locator("iframe").locator("#box-email")
    expect(blocked).to_have_count(0)
    assert any("frame-ancestors" in one for one in web.complaints)
    web.complaints.clear()
    allow_origin(session, now=clock.now, typed=web.other, staff_id=None)
    session.flush()
    web.page.goto(web.other)
    box = web.page.frame_locator("iframe")
    box.locator("#box-email").fill("layla@example.org")
    clock.advance(seconds=10)
    box.get_by_role("button").click()
    expect(box.locator("[role=status]")).to_be_visible()
    web.paste(form_code)
    web.page.locator("[name=email]").fill("samir@example.org")
    web.page.get_by_role("button").click()
    web.page.wait_for_url(f"{web.ours}/subscribed**")
    places = session.execute(select(Signup.email, Signup.place, Signup.language)).all()
    assert sorted(map(tuple, places)) == [
        ("layla@example.org", "box in a frame", language),
        ("samir@example.org", f"form on {web.other}", language),
    ]
    session.execute(delete(AllowedOrigin))
    session.flush()
    web.paste(form_code)
    web.page.locator("[name=email]").fill("nour@example.org")
    web.page.get_by_role("button").click()
    expect(web.page.locator("#signup-email")).to_have_value("nour@example.org")
    assert [one for one in web.complaints if "403" not in one] == []
    assert len(session.scalars(select(Signup.id)).all()) == 2


@pytest.mark.parametrize("language", ["ar", "en"])
def test_no_box_has_to_be_scrolled(web: Web, desk: Desk, language: str) -> None:
    for size in ("small", "medium", "large"):
        frame_code, _ = copied(web, desk, language, size)
        web.page.goto(web.ours + "/embed")  # its own origin, so that the frame can be measured
        web.page.set_content(frame_code)
        for width in (320, 480):
            web.page.set_viewport_size({"width": width, "height": 900})
            frame = web.page.frames[-1]
            frame.wait_for_load_state()
            left = frame.evaluate(
                "document.documentElement.scrollHeight - document.documentElement.clientHeight"
            )
            assert left <= 0, (size, width, left)
            assert frame.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_box_and_its_page_are_whole(
    web: Web, desk: Desk, browser: Browser, language: str
) -> None:
    context = browser.new_context(base_url=web.ours, bypass_csp=True)
    page = context.new_page()
    page.goto("/admin/login")
    paths = [
        f"/embed?lang={language}&size={size}&theme={theme}"
        for size, theme in (("small", "light"), ("medium", "dark"), ("large", "auto"))
    ]
    assert look_at(page, [*paths, f"/embed/thanks?lang={language}"], (320, 390)) == []
    editor = desk(Role.EDITOR)
    editor.open(f"/admin/login?lang={language}")
    take_cookie(page, editor, web.ours)
    assert look_at(page, ["/admin/widgets"]) == []
    context.close()
