"""Home and the settings as an owner sees them: nothing for axe to find, times that run, records
that are copied, and a plan that shows its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.health import QUEUES
from app.domain.staff import Role
from app.domain.subscription import ConsentKind, SubscriberState
from app.mail.smtp.rehearse import Fault, Step, Taken
from app.store.pulse import WORKER, beat
from app.store.tables import Staff
from app.usecases.manage_sending import read_pace
from app.usecases.tick import tick
from app.usecases.try_mail_server import MailTest, keep_test
from tests.browser import BROWSER_MARKS
from tests.name_server import name_server
from tests.usecases.test_count_readers import Town
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.admin.test_newsroom_pages import set_up
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

PAGES = ("/admin/", "/admin/settings", "/admin/settings/mail-server", "/admin/settings/dns")
RUNNING = re.compile("بعد .?[٠-٩]{2}:[٠-٩]{2}:[٠-٩]{2}")
ZONE = {("levant.example", "TXT"): ['"v=spf1 +all"']}


@pytest.fixture
def zoned(settings: Settings) -> Iterator[Settings]:
    with name_server(ZONE) as server:
        yield settings.with_(dns_servers=(server.address,))


@pytest.fixture
def page(
    zoned: Settings, sessions: sessionmaker[Session], clock: Clock, desk: Desk, browser: Browser
) -> Iterator[Page]:
    with served(zoned, sessions, clock) as base:
        context = browser.new_context(base_url=base, bypass_csp=True)
        context.set_default_timeout(10_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        page = context.new_page()
        take_cookie(page, desk(Role.OWNER), base)
        yield page
        context.close()


def test_an_owner_looks_at_home_and_the_settings(
    page: Page,
    desk: Desk,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
) -> None:
    set_up(desk(Role.EDITOR), session)
    a_week_of_work(session, clock)
    tick(sessions, settings, now=clock.now)

    page.goto("/admin/settings/dns")
    page.get_by_role("button", name="افحص الآن").click()
    expect(page.locator(".check.bad").first).to_contain_text("+all")
    page.get_by_role("button", name="انسخ القيمة").first.click()
    expect(page.get_by_text("نُسخ", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "v=spf1 ~all"

    page.goto("/admin/settings")
    own = page.get_by_label("الرسائل في كل يوم")
    expect(own).to_be_hidden()
    page.get_by_label("خطة من وضعك").check()
    own.fill("500\n1000")
    page.get_by_role("button", name="احفظ").click()
    expect(page.locator(".notice.good")).to_contain_text("حُفظ")
    warmup = read_pace(session, settings).warmup
    assert warmup is not None
    assert warmup.limits == (500, 1_000)

    page.goto("/admin/")
    timer = page.get_by_role("timer").first
    expect(timer).to_have_text(RUNNING)
    before = timer.inner_text()
    expect(timer).not_to_have_text(before)
    expect(page.locator(".notice.bad")).to_contain_text("نطاق الإرسال")
    expect(page.locator(".growth .line")).to_be_visible()

    assert look_at(page, PAGES) == []
    session.execute(update(Staff).values(language="en"))
    session.commit()
    assert look_at(page, PAGES) == []
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def a_week_of_work(session: Session, clock: Clock) -> None:
    beat(session, WORKER, "all@one", now=clock.now, queues=list(QUEUES), free=10**11)
    town = Town(session, clock.now)
    for days in range(8):
        town.reader(SubscriberState.ACTIVE, (ConsentKind.CONFIRMED, 24 * days))
    refused = Taken(step=Step.CONNECT, fault=Fault.REFUSED, reply="[Errno 111] Connection refused")
    keep_test(
        session,
        MailTest(at=clock.now, to="owner@levant.example", taken=[Taken(step=Step.NAME), refused]),
    )
    session.commit()
