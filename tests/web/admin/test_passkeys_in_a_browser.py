"""A passkey from the browser's own virtual device (WebAuthn's automation): added, then a login."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.staff import Role
from app.store.tables import Passkey, Staff
from tests.browser import BROWSER_MARKS
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import PASSWORD, Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

PAGE = "/admin/account/passkeys"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, browser: Browser
) -> Iterator[Page]:
    with served(settings, sessions, clock) as base:
        context = browser.new_context(base_url=base)
        context.set_default_timeout(10_000)
        yield context.new_page()
        context.close()


def test_a_passkey_is_added_and_opens_the_account(page: Page, desk: Desk, session: Session) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/admin/login?next=/admin/account/passkeys")
    take_cookie(page, desk(Role.EDITOR), page.url.split("/admin")[0])

    page.goto(PAGE)
    page.get_by_label("اسم المفتاح").fill("حاسوب المكتب")
    page.get_by_label("كلمة مرورك").fill("not the password")
    page.get_by_role("button", name="أضف مفتاح مرور").click()
    expect(page.locator("[data-problem]")).to_contain_text("ليست كلمة مرورك")
    page.get_by_label("كلمة مرورك").fill(PASSWORD)
    page.get_by_role("button", name="أضف مفتاح مرور").click()
    expect(page.locator(".notice.good")).to_contain_text("«حاسوب المكتب»")
    assert session.scalars(select(Passkey.name)).all() == ["حاسوب المكتب"]

    page.context.clear_cookies()
    page.goto(PAGE)  # leads to the login
    page.get_by_role("button", name="سجّل الدخول بمفتاح مرور").click()
    expect(page.get_by_role("heading", name="مفاتيح مرورك")).to_be_visible()
    assert page.url.endswith(PAGE)

    page.context.clear_cookies()
    page.goto("/admin/login")
    known = {"authenticatorId": device["authenticatorId"]}
    devtools.send("WebAuthn.setUserVerified", {**known, "isUserVerified": False})
    page.get_by_role("button", name="سجّل الدخول بمفتاح مرور").click()
    expect(page.locator("[data-problem]")).to_contain_text("لم يحدث شيء")
    assert [told for told in complaints if "status of 400" not in told] == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_pages_of_passkeys_are_whole(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    browser: Browser,
    desk: Desk,
    session: Session,
    staff: dict[Role, Staff],
    language: str,
) -> None:
    site = desk(Role.OWNER)
    site.press(site.open("/admin/"), "/admin/language", language=language)
    session.add(
        Passkey(
            staff_id=staff[Role.OWNER].id,
            credential_id=b"1",
            public_key=b"2",
            sign_count=0,
            name="هاتف ريم",
            created_at=clock.now,
        )
    )
    session.flush()
    with served(settings, sessions, clock) as base:
        context = browser.new_context(base_url=base, bypass_csp=True)
        page = context.new_page()
        page.goto("/admin/login")
        take_cookie(page, site, base)
        assert look_at(page, [PAGE, "/admin/account"]) == []
        context.close()
