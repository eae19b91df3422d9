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
from app.domain.staff import Role
from app.domain.subscription import ConsentKind, SubscriberState
from app.domain.vitals import QUEUES
from app.store.pulse import WORKER, beat
from app.store.tables import Staff
from app.usecases.manage_sending import read_pace
from app.usecases.tick import tick
from tests.browser import BROWSER_MARKS
from tests.mail.smtp.scripted import OK, ScriptedServer
from tests.name_server import NameServer, Zone, name_server
from tests.usecases.test_count_readers import Town
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.admin.test_newsroom_pages import set_up
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

PAGES = ("/admin/", "/admin/settings", "/admin/settings/mail-server", "/admin/settings/dns")
RUNNING = {
    "ar": re.compile("بعد .?[٠-٩]{2}:[٠-٩]{2}:[٠-٩]{2}"),
    "en": re.compile("in .?[0-9]{2}:[0-9]{2}:[0-9]{2}"),
}
BROKEN: Zone = {("levant.example", "TXT"): ['"v=spf1 +all"']}
MENDED: Zone = {
    ("levant.example", "TXT"): ['"v=spf1 mx ~all"'],
    ("levant.example", "MX"): ["10 mx.levant.example."],
    ("mx.levant.example", "A"): ["192.0.2.1"],
    ("_dmarc.levant.example", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:dmarc@levant.example"'],
}


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server(BROKEN) as server:
        yield server


@pytest.fixture
def mail_server() -> Iterator[ScriptedServer]:
    """Refuses the first mail's recipient, and takes every other."""
    with ScriptedServer([OK, "550 5.7.1 relaying denied"]) as server:
        yield server


@pytest.fixture
def page(
    settings: Settings,
    names: NameServer,
    mail_server: ScriptedServer,
    sessions: sessionmaker[Session],
    clock: Clock,
    desk: Desk,
    browser: Browser,
) -> Iterator[Page]:
    ours = settings.with_(
        dns_servers=(names.address,), smtp_url=f"smtp://127.0.0.1:{mail_server.port}"
    )
    with served(ours, sessions, clock) as base:
        context = browser.new_context(base_url=base, bypass_csp=True)
        context.set_default_timeout(10_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        page = context.new_page()
        take_cookie(page, desk(Role.OWNER), base)
        yield page
        context.close()


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("en", 1280)])
def test_an_owner_sets_the_house_up(
    page: Page,
    names: NameServer,
    mail_server: ScriptedServer,
    desk: Desk,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    language: str,
    width: int,
) -> None:
    set_up(desk(Role.EDITOR), session)
    a_week_of_work(session, clock)
    session.execute(update(Staff).values(language=language))
    session.commit()
    tick(sessions, settings, now=clock.now)
    page.set_viewport_size({"width": width, "height": 900})

    # DNS: what is wrong, what to publish, and, once it is published, that all is well.
    page.goto("/admin/settings/dns")
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator(".empty")).to_be_visible()
    look = page.locator("form[action$='/settings/dns'] button")
    look.click()
    expect(page.locator(".check.bad").first).to_contain_text("+all")
    copy = page.locator("dd [data-copy='v=spf1 ~all']")
    copy.click()
    expect(copy).to_have_text(copy.get_attribute("data-done") or "")
    assert page.evaluate("navigator.clipboard.readText()") == "v=spf1 ~all"
    page.goto("/admin/")
    part = "نطاق الإرسال" if language == "ar" else "Sending domain"
    expect(page.locator(".notice.bad")).to_contain_text(part)
    names.zone = MENDED
    page.goto("/admin/settings/dns")
    look.click()
    expect(page.locator(".check.good").first).to_be_visible()
    expect(page.locator(".check.bad")).to_have_count(0)

    # The mail server: a test that fails says where and why, the next one goes through.
    page.goto("/admin/settings/mail-server")
    send = page.locator("form[action$='/mail-server'] button")
    send.click()
    failed = page.locator(".steps-list li.bad")
    expect(failed).to_contain_text("550 5.7.1 relaying denied")
    expect(failed.locator("p").first).to_be_visible()
    expect(page.locator(".steps-list li.untaken")).to_have_count(1)
    send.click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator(".steps-list li.good")).to_have_count(6)
    assert [said for _, said in mail_server.contents] == ["250 queued"]

    # A plan of one's own for the first days.
    page.goto("/admin/settings")
    own = page.locator("[name=limits]")
    expect(own).to_be_hidden()
    page.locator("[name=plan]").last.check()
    own.fill("500\nmany")
    save = page.locator("form[action$='/settings'] .actions button")
    save.click()
    expect(page.locator("#limits-errors")).to_be_visible()
    own.fill("500\n1000")
    save.click()
    expect(page.locator(".notice.good")).to_be_visible()
    warmup = read_pace(session, settings).warmup
    assert warmup is not None
    assert warmup.limits == (500, 1_000)
    expect(page.locator("table.coming tbody tr")).to_have_count(2)
    expect(page.locator(".installed code").first).to_have_text("COUNT_CLICKS=1")

    page.goto("/admin/")
    timer = page.get_by_role("timer").first
    expect(timer).to_have_text(RUNNING[language])
    before = timer.inner_text()
    expect(timer).not_to_have_text(before)
    expect(page.locator(".growth .line")).to_be_visible()
    assert look_at(page, PAGES, (width,)) == []


def a_week_of_work(session: Session, clock: Clock) -> None:
    beat(session, WORKER, "all@one", now=clock.now, queues=list(QUEUES), free=10**11)
    town = Town(session, clock.now)
    for days in range(8):
        town.reader(SubscriberState.ACTIVE, (ConsentKind.CONFIRMED, 24 * days))
    session.commit()
