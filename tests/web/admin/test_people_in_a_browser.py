"""The pages about people in a browser, at every step of an account; what is done on them is walked
in `test_account_walks`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.store.tables import Staff
from tests.browser import BROWSER_MARKS
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import PASSWORD, Desk, address_of
from tests.web.admin.mails import link_in, mails
from tests.web.admin.test_second_step import PAGE as SECOND_STEP
from tests.web.admin.test_second_step import begin, code_of
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS


@pytest.fixture
def page(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, browser: Browser
) -> Iterator[Page]:
    with served(settings, sessions, clock) as base:
        context = browser.new_context(base_url=base, bypass_csp=True)
        context.set_default_timeout(10_000)
        yield context.new_page()
        context.close()


def base_of(page: Page) -> str:
    return page.url.split("/admin")[0]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_pages_about_people_are_whole(
    page: Page,
    desk: Desk,
    session: Session,
    settings: Settings,
    staff: dict[Role, Staff],
    language: str,
) -> None:
    owner = desk(Role.OWNER)
    staff[Role.OWNER].language = language
    staff[Role.AUTHOR].name = "سلمى حداد"
    owner.press(
        owner.open("/admin/staff/invite"), "/invite", email="reem@levant.example", role="viewer"
    )
    (mail,) = mails(session, settings, NoticeKind.INVITATION)
    one = f"/admin/staff/{staff[Role.EDITOR].id}"
    page.goto(f"/admin/login?lang={language}")
    outside = (
        "/admin/login",
        "/admin/forgot",
        "/admin/forgot/sent",
        link_in(mail),
        "/admin/reset/x",
    )
    assert [told for told in look_at(page, outside) if "status of 410" not in told] == []
    take_cookie(page, owner, base_of(page))
    secret = begin(owner)
    invited = session.scalars(select(Staff.id).where(Staff.invited_at.is_not(None))).one()
    inside = (
        SECOND_STEP,
        "/admin/staff",
        "/admin/staff/invite",
        one,
        f"{one}/close",
        f"/admin/staff/{invited}",
        "/admin/account",
        "/admin/audit",
        "/admin/audit?who=nobody&action=source.add",
    )
    assert look_at(page, inside) == []
    page.goto(SECOND_STEP)
    page.locator("[name=code]").fill(code_of(secret, owner))
    page.locator("[name=code]").press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    assert look_at(page, [SECOND_STEP]) == []
    page.context.clear_cookies()
    page.goto(f"/admin/login?lang={language}")
    page.locator("[name=email]").fill(address_of(Role.OWNER))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/admin/login/code")
    assert look_at(page, ["/admin/login/code"]) == []
