"""A member of the staff from the invitation on, walked in a browser from end to end: every mail is
opened, every code typed. Once in Arabic on a phone, once in English at a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.store.tables import Notice, Staff
from tests.browser import BROWSER_MARKS
from tests.web.admin.browsing import served
from tests.web.admin.conftest import PASSWORD, address_of
from tests.web.admin.mails import link_in, mails
from tests.web.admin.test_passkeys_in_a_browser import DEVICE
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

NEW = "reem@levant.example"
FIRST, SECOND, THIRD = "plum ladder cobalt", "cobalt ladder plum", "ladder plum cobalt"

SIZES: Mapping[str, ViewportSize] = {
    "ar": {"width": 390, "height": 844},
    "en": {"width": 1280, "height": 900},
}
ARABIC = {
    "Invite somebody": "ادعُ شخصاً",
    "Send the invitation": "أرسل الدعوة",
    "on its way": "في طريقها",
    "Open my account": "افتح حسابي",
    "Welcome": "أهلاً بك",
    "differ": "مختلفتان",
    "not a code": "ليس هذا رمزاً",
    "used up": "استُهلك رمز",
    "opens nothing any more": "لم يعد يفتح شيئاً",
    "This one": "هذه الجلسة",
    "changed": "تغيّرت",
    "does not allow": "لا يسمح",
    "All other sessions": "وانتهت كل الجلسات",
    "changed a role": "تغيير دور",
    "Editor": "محرّر",
}


class Walk:
    """Somebody in front of a browser who reads one language."""

    def __init__(
        self, browser: Browser, base: str, language: str, clock: Clock, complaints: list[str]
    ) -> None:
        self.context = browser.new_context(base_url=base, viewport=SIZES[language])
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda told: complaints.append(f"{self.page.url}: {told.text}"))
        self.language, self._clock = language, clock

    def said(self, english: str) -> str:
        return ARABIC[english] if self.language == "ar" else english

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.fits()

    def fits(self) -> None:
        """The page is in the language, and no wider than the screen."""
        assert self.page.evaluate("document.documentElement.lang") == self.language
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SIZES[self.language]["width"], self.page.url

    def fill(self, **typed: str) -> None:
        for name, value in typed.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def press(self, action: str = "", **typed: str) -> None:
        """Fills in the form that leads to `action` and presses its button."""
        form = self.page.locator(f"main form[action$='{action}']" if action else "main form").first
        for name, value in typed.items():
            form.locator(f"[name={name}]").fill(value)
        self._clock.advance(seconds=5)
        form.locator("button:not([type=button])").last.click()
        self.page.wait_for_load_state()
        self.fits()

    def told(self, words: str, where: str = ".notice") -> None:
        expect(self.page.locator(where).filter(has_text=self.said(words)).first).to_be_visible()

    def log_in(self, email: str, password: str) -> None:
        self.page.goto(f"/admin/login?lang={self.language}")
        self.press(email=email, password=password)

    def is_in(self) -> None:
        expect(self.page).to_have_url(re.compile(r"/admin/$"))

    def leave(self) -> None:
        """Without the session, with the cookie of a device that was here before."""
        self.context.clear_cookies(name="nashra")


@pytest.fixture(params=["ar", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def walking(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock
) -> Iterator[tuple[str, list[str]]]:
    """The site, and what browsers complain about; nothing but answers that are meant so."""
    complaints: list[str] = []
    with served(settings, sessions, clock) as base:
        yield base, complaints
    meant = re.compile(r"status of (400|401|403|410)")
    assert [told for told in complaints if not meant.search(told)] == []


def link(session: Session, settings: Settings, kind: NoticeKind) -> str:
    session.expire_all()
    return link_in(mails(session, settings, kind)[-1])


def warned(session: Session) -> int:
    session.expire_all()
    return len(session.scalars(select(Notice).where(Notice.kind == NoticeKind.SECURITY)).all())


def test_from_the_invitation_to_every_way_in(
    browser: Browser,
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    session: Session,
    staff: dict[Role, Staff],
    redis_emptied: None,
    language: str,
) -> None:
    staff[Role.OWNER].language = language
    session.commit()
    with walking(settings, sessions, clock) as (base, complaints):
        owner = Walk(browser, base, language, clock, complaints)
        owner.log_in(address_of(Role.OWNER), PASSWORD)
        owner.go("/admin/staff")
        owner.page.get_by_role("link", name=owner.said("Invite somebody")).click()
        owner.page.locator("[name=role][value=author]").check()
        owner.press(email=NEW)
        owner.told("on its way")

        reem = Walk(browser, base, language, clock, complaints)
        invitation = link(session, settings, NoticeKind.INVITATION)
        reem.go(invitation)
        reem.press(name="ريم الخطيب", new=FIRST, again=SECOND)
        reem.told("differ", ".error")
        reem.press(name="ريم الخطيب", new=FIRST, again=FIRST)
        reem.told("Welcome")
        reem.page.goto(invitation)
        reem.told("opens nothing any more", "main")

        # The second step: set up with an app, and the codes on paper.
        reem.go("/admin/account/second-step")
        reem.press("/begin", password=FIRST)
        secret = reem.page.locator("code.secret").inner_text().replace(" ", "")
        assert reem.page.locator("svg.qr").is_visible()
        reem.press("/confirm", code="000 000")
        reem.press("/confirm", code=TOTP(secret).at(clock.now))
        papers = reem.page.locator(".codes code").all_inner_texts()
        assert len(papers) == 10

        # In by the app, by paper, and by neither.
        clock.advance(minutes=2)
        reem.leave()
        reem.log_in(NEW, FIRST)
        reem.press("/login/code", code="123456" if TOTP(secret).at(clock.now) != "123456" else "1")
        reem.told("not a code", "main")
        clock.advance(minutes=2)
        reem.press("/login/code", code=TOTP(secret).at(clock.now))
        reem.is_in()
        reem.leave()
        reem.log_in(NEW, FIRST)
        reem.press("/login/code", code=papers[0])
        reem.told("used up")

        # In by a passkey alone.
        tools = reem.context.new_cdp_session(reem.page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        reem.go("/admin/account/passkeys")
        reem.fill(name="هاتفي", password=FIRST)
        reem.page.locator("form[data-passkey] button").click()
        expect(reem.page.locator(".notice.good")).to_contain_text("هاتفي")
        reem.leave()
        reem.go(f"/admin/login?lang={language}")
        reem.page.locator("form[data-passkey] button").click()
        reem.is_in()
        assert warned(session) == 2  # the second step and the passkey; the device is known


def test_forgotten_ended_changed_and_written_down(
    browser: Browser,
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    session: Session,
    staff: dict[Role, Staff],
    redis_emptied: None,
    language: str,
) -> None:
    for role in (Role.OWNER, Role.VIEWER):
        staff[role].language = language
    email = address_of(Role.VIEWER)
    session.commit()
    with walking(settings, sessions, clock) as (base, complaints):
        desk = Walk(browser, base, language, clock, complaints)
        desk.log_in(email, PASSWORD)
        desk.is_in()

        # A forgotten password, from another browser; the first one's session ends by it.
        phone = Walk(browser, base, language, clock, complaints)
        phone.go(f"/admin/forgot?lang={language}")
        phone.press(email=email)
        reset = link(session, settings, NoticeKind.PASSWORD_RESET)
        phone.go(reset)
        phone.press(new=SECOND, again=SECOND)
        phone.told("changed")
        phone.press(email=email, password=SECOND)
        phone.is_in()
        desk.page.goto("/admin/")
        expect(desk.page).to_have_url(re.compile("/admin/login"))
        phone.page.goto(reset)
        phone.told("opens nothing any more", "main")

        # Sessions: listed, and the other one ended.
        desk.press(email=email, password=SECOND)
        desk.is_in()
        assert warned(session) == 2  # the password, and the desk, which the account had forgotten
        phone.go("/admin/account")
        phone.told("This one", "main")
        phone.page.locator("form[action*='/account/sessions/'] button").first.click()
        phone.page.wait_for_load_state()
        phone.fits()
        desk.page.goto("/admin/")
        expect(desk.page).to_have_url(re.compile("/admin/login"))

        # The password changed by its owner, whose session stays.
        phone.go("/admin/account")
        phone.press("/admin/account", current=SECOND, new=THIRD, again=THIRD)
        phone.told("All other sessions")

        # A role changed while its owner is logged in counts at once.
        phone.page.goto("/admin/audit")
        phone.told("does not allow", "main")
        owner = Walk(browser, base, language, clock, complaints)
        owner.log_in(address_of(Role.OWNER), PASSWORD)
        owner.go(f"/admin/staff/{staff[Role.VIEWER].id}")
        owner.page.locator("[name=role][value=editor]").check()
        owner.press("/role")
        owner.told("Editor")
        phone.go("/admin/audit")

        # And it is written down: found by the filters, by the name of its owner.
        owner.go("/admin/audit")
        owner.page.locator("main summary").click()
        owner.page.locator("[name=action]").select_option("staff.role")
        owner.page.locator("form.filters button").click()
        owner.page.wait_for_load_state()
        rows = owner.page.locator("tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(owner.said("changed a role"))
        expect(rows).to_contain_text(email)
        expect(rows).to_contain_text(owner.said("Editor"))
        owner.fits()
