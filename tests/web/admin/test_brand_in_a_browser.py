"""The brand while it is typed: the frame follows, a weak colour is told at once, nothing is kept
before it is asked for; and what is kept stands on the public pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.staff import Role
from app.store.tables import Staff
from app.usecases.manage_brand import Choice, read_choice
from tests.browser import BROWSER_MARKS
from tests.web.admin.browsing import served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS


@pytest.fixture
def page(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, desk: Desk, browser: Browser
) -> Iterator[Page]:
    with served(settings, sessions, clock) as base:
        context = browser.new_context(base_url=base)
        context.set_default_timeout(10_000)
        page = context.new_page()
        take_cookie(page, desk(Role.EDITOR), base)
        yield page
        context.close()


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("en", 1280)])
def test_the_frame_follows_what_is_typed(
    page: Page, session: Session, staff: dict[Role, Staff], language: str, width: int
) -> None:
    staff[Role.EDITOR].language = language
    session.commit()
    page.set_viewport_size({"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/admin/brand")
    mail = page.frame_locator("iframe[name=brand-preview]")
    expect(mail.locator(".name")).to_have_text("ليفانت")
    page.locator("[name=site_name]").fill("صحيفة المرفأ")
    expect(mail.locator(".name")).to_have_text("صحيفة المرفأ")
    page.locator("[name=design][value=brief]").check()
    expect(mail.locator("h1")).to_contain_text("موجز" if language == "ar" else "brief")

    accent, fault = page.locator("[name=accent]"), page.locator("[data-field=accent] .error")
    accent.fill("#ffcc00")
    expect(fault).to_contain_text("على لون الورق" if language == "ar" else "paper")
    keep = page.locator(".brand-fields .actions button").first
    accent.fill("#0a5c4a")
    expect(fault).to_be_hidden()
    page.locator("[name=scheme][value=dark]").check()
    expect(mail.locator(".name")).to_have_text("صحيفة المرفأ")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    session.expire_all()
    assert read_choice(session) == Choice(), "nothing is kept before it is asked for"
    assert complaints == []

    expect(keep).to_be_enabled()
    keep.click()
    expect(page.locator(".notice.good")).to_be_visible()
    session.expire_all()
    assert read_choice(session).site_name == "صحيفة المرفأ"
    page.goto("/")
    expect(page.locator("header").first).to_contain_text("صحيفة المرفأ")
