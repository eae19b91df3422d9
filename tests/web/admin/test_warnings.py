"""What the staff are told by mail about their own accounts, and browsers that an account knows."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.mail.content import NoticeContext
from app.mail.render import render_notice
from app.store.tables import Notice, Passkey, Staff
from app.usecases.warn_staff import TOLD
from tests.mail.samples import BRAND, notice
from tests.web.admin.conftest import PASSWORD, Desk, address_of, log_in
from tests.web.admin.mails import mails
from tests.web.admin.test_second_step import PAGE as SECOND_STEP
from tests.web.admin.test_second_step import turn_on
from tests.web.site import Site, tree

EDITOR = address_of(Role.EDITOR)
NEW = "plum ladder cobalt"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36 \u202e<b>evil</b>"
)


def told(session: Session, settings: Settings) -> list[str]:
    """What each mail is about, the oldest first."""
    return [
        mail.subject.partition(" – ")[0] for mail in mails(session, settings, NoticeKind.SECURITY)
    ]


def test_a_new_device_is_told_and_the_first_login_and_a_known_one_are_not(
    app: Flask, door: Site, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    assert log_in(door, EDITOR).status_code == 302
    door.press(door.open("/admin/"), "/logout")
    assert log_in(door, EDITOR).status_code == 302
    assert told(session, settings) == []
    phone = Site(app.test_client(), door.clock, session)
    phone.client.environ_base |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "192.0.2.7"}
    assert log_in(phone, EDITOR).status_code == 302
    (mail,) = mails(session, settings, NoticeKind.SECURITY)
    assert mail.subject.startswith("دخول إلى حسابك من جهاز جديد")
    assert "\u2068Chrome\u2069 على \u2068Android\u2069" in mail.text
    assert "192.0.2.7" in mail.text
    assert "evil" not in mail.html + mail.text
    sent_to = session.scalars(select(Notice.email)).all()
    assert sent_to == [staff[Role.EDITOR].email]
    log_in(Site(app.test_client(), door.clock, session), EDITOR, "not the password")
    assert len(told(session, settings)) == 1


def test_each_change_of_what_opens_the_account_is_told(
    desk: Desk, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    site = desk(Role.EDITOR)
    turn_on(site)
    site.press(site.open(SECOND_STEP), "/codes", password=PASSWORD)
    token = tree(site.open(SECOND_STEP)).xpath("//main//input[@name='csrf_token']/@value")[0]
    site.post(f"{SECOND_STEP}/off", {"csrf_token": token, "password": PASSWORD})
    site.post(f"{SECOND_STEP}/off", {"csrf_token": token, "password": PASSWORD})  # nothing new
    session.add(
        Passkey(
            staff_id=staff[Role.EDITOR].id,
            credential_id=b"1",
            public_key=b"2",
            sign_count=0,
            name="هاتفي",
            created_at=site.clock.now,
        )
    )
    site.press(site.open("/admin/account/passkeys"), "/remove")
    changed = {"current": PASSWORD, "new": NEW, "again": NEW}
    site.press(site.open("/admin/account"), "/admin/account", **changed)
    assert told(session, settings) == [
        "فُعّلت الخطوة الثانية عند دخولك",
        "أُنشئت رموز احتياطية جديدة لحسابك",
        "أُوقفت الخطوة الثانية عند دخولك",
        "أُزيل مفتاح مرور من حسابك",
        "تغيّرت كلمة مرورك",
    ]


def test_what_an_owner_does_to_somebody_is_told_with_the_name(
    desk: Desk, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    turn_on(desk(Role.EDITOR))
    owner = desk(Role.OWNER)
    staff[Role.OWNER].name = "ريم الخطيب"
    staff[Role.EDITOR].language = "en"
    one = f"/admin/staff/{staff[Role.EDITOR].id}"
    owner.press(owner.open(one), "/role", role="editor")  # as it was: nothing to tell
    owner.press(owner.open(one), "/role", role="author")
    owner.press(owner.open(one), "/second-step/clear")
    role, cleared = mails(session, settings, NoticeKind.SECURITY)[1:]
    assert "Your role was changed" in role.subject
    assert "As an author you may" in role.text
    assert "ask an owner" in role.text
    assert "/admin/account" in role.text
    assert "taken away" in cleared.subject
    for mail in (role, cleared):
        assert "It was done by \u2068ريم الخطيب\u2069." in mail.text
        assert "The device" not in mail.text


def test_who_cannot_log_in_is_told_nothing(
    desk: Desk, session: Session, staff: dict[Role, Staff]
) -> None:
    owner = desk(Role.OWNER)
    page = owner.open("/admin/staff/invite")
    owner.press(page, "/staff/invite", email="reem@levant.example", role="viewer")
    invited = session.scalars(select(Staff.id).where(Staff.invited_at.is_not(None))).one()
    staff[Role.VIEWER].active = False
    for number in (invited, staff[Role.VIEWER].id):
        owner.press(owner.open(f"/admin/staff/{number}"), "/role", role="author")
    assert session.scalars(select(Notice).where(Notice.kind == NoticeKind.SECURITY)).all() == []


def test_a_new_password_by_mail_is_told_once_and_forgets_every_device(
    app: Flask, door: Site, session: Session, settings: Settings
) -> None:
    log_in(door, EDITOR)
    elsewhere = Site(app.test_client(), door.clock, session)
    elsewhere.press(elsewhere.open("/admin/forgot"), "/admin/forgot", email=EDITOR)
    (reset,) = mails(session, settings, NoticeKind.PASSWORD_RESET)
    link = next(line for line in reset.text.split("\n") if "/admin/reset/" in line)
    page = elsewhere.open(link.removeprefix("https://levant.example"))
    assert elsewhere.press(page, new=NEW, again=NEW).status_code == 302
    assert log_in(elsewhere, EDITOR, NEW).status_code == 302
    assert told(session, settings) == ["تغيّرت كلمة مرورك"]
    assert log_in(door, EDITOR, NEW).status_code == 302
    assert told(session, settings)[1:] == ["دخول إلى حسابك من جهاز جديد"]


def test_strangers_who_guess_lock_out_no_browser_that_the_account_knows(
    app: Flask, door: Site, session: Session
) -> None:
    log_in(door, EDITOR)
    door.press(door.open("/admin/"), "/logout")
    stranger = Site(app.test_client(), door.clock, session)
    form = stranger.open("/admin/login")
    for number in range(40):
        stranger.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        stranger.press(form, "/admin/login", email=EDITOR, password="a guess, and a long one")
    assert log_in(Site(app.test_client(), door.clock, session), EDITOR).status_code == 429
    assert log_in(door, EDITOR).status_code == 302


def test_the_cookie_of_a_device_opens_nothing_and_is_nobody_else_s(
    app: Flask, door: Site, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    cookies = log_in(door, EDITOR).headers.getlist("Set-Cookie")
    (device,) = (one for one in cookies if one.startswith("nashra_device="))
    for mark in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/admin"):
        assert mark in device
    assert EDITOR not in device
    value = device.partition("=")[2].partition(";")[0]
    for cookie in (value, value[:-2] + "xx", "nonsense"):
        thief = Site(app.test_client(), door.clock, session)
        thief.client.set_cookie(
            "nashra_device", cookie, domain="levant.example", path="/admin", secure=True
        )
        assert thief.open("/admin/").status_code == 302
        assert log_in(thief, address_of(Role.VIEWER)).status_code == 302
    # A signature is believed only for the account and the version it was made for.
    staff[Role.EDITOR].session_version += 1
    log_in(door, EDITOR)
    assert told(session, settings).count("دخول إلى حسابك من جهاز جديد") == 3


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_change_has_words_of_its_own(language: str) -> None:
    sample = notice(language)
    headlines = set()
    for action in TOLD:
        what = action.removeprefix("staff.")
        for more in ({}, {"done_by": "Reem"}, {"by_operator": True}, {"browser": "", "system": ""}):
            values = {**sample.values, "what": what, **more}
            mail = render_notice(
                NoticeKind.SECURITY, NoticeContext(language=language, values=values), brand=BRAND
            )
            assert ("Reem" in mail.text) == ("done_by" in more)
            assert "/admin/forgot" in mail.text
            headlines.add(mail.subject)
    assert len(headlines) == len(TOLD) - 1  # both ways to a new password are one change
