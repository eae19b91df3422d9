"""The brand while it is typed: the frame follows, and a weak colour is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from app.config import Settings
from app.domain.staff import Role
from app.usecases.manage_brand import Choice, read_choice
from tests.browser import BROWSER_MARKS
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock, make_app

pytestmark = BROWSER_MARKS


@pytest.fixture
def page(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    desk: Desk,
    browser: Browser,
) -> Iterator[Page]:
    """An editor's browser. The server answers one request after another, and the test waits
    meanwhile: both may use the one transaction."""
    cookie = desk(Role.EDITOR).client.get_cookie("nashra", domain="levant.example")
    assert cookie is not None
    server = make_server("127.0.0.1", 0, lambda *_: [])
    base = f"http://127.0.0.1:{server.port}"
    server.app = make_app(settings.with_(base_url=base), sessions, clock)
    thread = Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(base_url=base, viewport={"width": 1300, "height": 900})
    context.add_cookies([{"name": "nashra", "value": cookie.value, "url": base}])
    yield context.new_page()
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    server.app.extensions["nashra"].engine.dispose()


def test_the_frame_follows_what_is_typed(page: Page, session: Session) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/admin/brand")
    mail = page.frame_locator("iframe[name=brand-preview]")
    expect(mail.locator(".name")).to_have_text("ليفانت")
    page.get_by_label("اسم الموقع").fill("صحيفة المرفأ")
    expect(mail.locator(".name")).to_have_text("صحيفة المرفأ")
    page.get_by_label("الموجز").check()
    expect(mail.locator("h1")).to_contain_text("موجز")
    accent = page.locator("[name=accent]")
    accent.fill("#ffcc00")
    expect(page.locator("[data-field=accent] .error")).to_contain_text("باهت على لون الورق")
    accent.fill("#0a5c4a")
    expect(page.locator("[data-field=accent] .error")).to_be_hidden()
    expect(page.get_by_role("button", name="احفظ")).to_be_enabled()
    assert complaints == []
    assert read_choice(session) == Choice()
    page.get_by_role("button", name="احفظ").click()
    expect(page.locator(".notice.good")).to_contain_text("حُفظت")
    session.expire_all()
    assert read_choice(session).site_name == "صحيفة المرفأ"
