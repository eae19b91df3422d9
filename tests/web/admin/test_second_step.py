"""The second step: set up, asked for, no code twice, codes on paper, taken away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from pyotp import TOTP
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.staff import Role
from app.sealing import BrokenSeal, Seal
from app.store.tables import AuditEvent, RecoveryCode, Staff, StaffTotp
from tests.web.admin.conftest import PASSWORD, Desk, address_of, log_in
from tests.web.conftest import Clock, make_app
from tests.web.site import Site, tree, words

PAGE = "/admin/account/second-step"
EDITOR = address_of(Role.EDITOR)


def begin(site: Site) -> str:
    """The secret that the page shows."""
    site.press(site.open(PAGE), "/begin", password=PASSWORD)
    (shown,) = tree(site.open(PAGE)).xpath("//code[@class='secret']/text()")
    return str(shown).replace(" ", "")


def code_of(secret: str, site: Site) -> str:
    return TOTP(secret).at(site.clock.now)


def turn_on(site: Site) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    secret = begin(site)
    site.clock.advance(seconds=5)
    page = site.press(site.open(PAGE), "/confirm", seconds=0, code=code_of(secret, site))
    assert page.status_code == 200
    site.clock.advance(minutes=1)
    return secret, [str(code) for code in tree(page).xpath("//ul[@class='codes']//code/text()")]


def type_code(site: Site, code: str) -> TestResponse:
    return site.press(site.open("/admin/login/code"), "/login/code", seconds=0, code=code)


@pytest.fixture
def phone(app: Flask, desk: Desk, session: Session) -> tuple[Site, Site, str, list[str]]:
    """An editor's desk with the second step on, another browser, the secret, the codes."""
    site = desk(Role.EDITOR)
    secret, codes = turn_on(site)
    return site, Site(app.test_client(), site.clock, session), secret, codes


def test_after_the_password_a_code_is_asked_for(
    phone: tuple[Site, Site, str, list[str]], session: Session
) -> None:
    _, door, secret, _ = phone
    sent_away = door.open("/admin/campaigns")
    assert log_in(door, EDITOR, path=sent_away.location).location == "/admin/login/code"
    assert door.open("/admin/").status_code == 302
    wrong = type_code(door, "000000" if code_of(secret, door) != "000000" else "111111")
    assert wrong.status_code == 401
    assert "ليس هذا رمزاً" in words(wrong)
    assert type_code(door, code_of(secret, door)).location == "/admin/campaigns"
    assert door.open("/admin/").status_code == 200
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert list(actions)[-2:] == ["staff.code_failed", "staff.login"]


def test_the_same_code_opens_once(
    app: Flask, phone: tuple[Site, Site, str, list[str]], session: Session
) -> None:
    _, door, secret, _ = phone
    thief = Site(app.test_client(), door.clock, session)
    log_in(thief, EDITOR)
    log_in(door, EDITOR)
    code = code_of(secret, door)
    assert type_code(door, code).status_code == 302
    assert type_code(thief, code).status_code == 401
    earlier = TOTP(secret).at(door.clock.now - timedelta(seconds=30))
    assert type_code(thief, earlier).status_code == 401


def test_a_recovery_code_opens_once_and_is_not_in_the_database(
    phone: tuple[Site, Site, str, list[str]], session: Session
) -> None:
    _, door, _, codes = phone
    assert len(codes) == 10
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {code.encode() for code in codes} & set(kept)
    log_in(door, EDITOR)
    assert type_code(door, codes[3].upper()).status_code == 302
    assert "وبقيت ٩ رموز" in words(door.open("/admin/"))
    door.press(door.open("/admin/"), "/logout")
    log_in(door, EDITOR)
    assert type_code(door, codes[3]).status_code == 401
    assert type_code(door, codes[4]).status_code == 302


def test_guessing_is_slowed_down_and_a_new_login_gives_no_new_tries(
    phone: tuple[Site, Site, str, list[str]],
) -> None:
    _, door, secret, codes = phone
    for _ in range(2):
        log_in(door, EDITOR)
        for _ in range(5):
            assert type_code(door, "no code").status_code == 401
    log_in(door, EDITOR)
    for code in (code_of(secret, door), codes[0]):
        assert type_code(door, code).status_code == 429


def test_the_code_must_follow_the_password_soon(
    phone: tuple[Site, Site, str, list[str]], session: Session, staff: dict[Role, Staff]
) -> None:
    _, door, secret, _ = phone
    log_in(door, EDITOR)
    door.clock.advance(minutes=11)
    assert door.open("/admin/login/code").location == "/admin/login"
    log_in(door, EDITOR)
    staff[Role.EDITOR].session_version += 1  # the password was changed in the meantime
    assert door.open("/admin/login/code").location == "/admin/login"
    assert door.open("/admin/").status_code == 302
    assert code_of(secret, door)


def test_the_first_code_must_be_right_and_other_sessions_end(desk: Desk) -> None:
    here, elsewhere = desk(Role.EDITOR), desk(Role.EDITOR)
    secret = begin(here)
    refused = here.press(here.open(PAGE), "/confirm", code="12 34")
    assert refused.status_code == 400
    assert secret[:4] in words(refused)
    assert elsewhere.open("/admin/").status_code == 200
    here.press(here.open(PAGE), "/confirm", seconds=0, code=code_of(secret, here))
    assert elsewhere.open("/admin/").status_code == 302
    assert here.open("/admin/").status_code == 200


def test_without_the_password_nothing_of_it_changes(
    phone: tuple[Site, Site, str, list[str]], session: Session
) -> None:
    site, *_ = phone
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    for action in ("/codes", "/off"):
        page = site.open(PAGE)
        token = tree(page).xpath("//main//input[@name='csrf_token']/@value")[0]
        typed = {"csrf_token": token, "password": "not the password"}
        answer = site.post(PAGE + action, typed)
        assert answer.status_code == 400
        assert "ليست كلمة مرورك" in words(answer)
    assert session.scalars(select(RecoveryCode.code_hash)).all() == kept
    assert session.scalars(select(StaffTotp)).one().confirmed_at


def test_new_codes_end_the_old_ones_and_off_is_off(
    phone: tuple[Site, Site, str, list[str]],
) -> None:
    site, door, _, old = phone
    page = site.press(site.open(PAGE), "/codes", password=PASSWORD)
    new = [str(code) for code in tree(page).xpath("//ul[@class='codes']//code/text()")]
    assert len(new) == 10
    assert not set(new) & set(old)
    log_in(door, EDITOR)
    assert type_code(door, old[0]).status_code == 401
    assert type_code(door, new[0]).status_code == 302
    token = tree(site.open(PAGE)).xpath("//main//input[@name='csrf_token']/@value")[0]
    off = site.post(f"{PAGE}/off", {"csrf_token": token, "password": PASSWORD})
    assert off.location == "/admin/account"
    door.press(door.open("/admin/"), "/logout")
    assert log_in(door, EDITOR).location == "/admin/"


def test_an_owner_takes_it_away(
    phone: tuple[Site, Site, str, list[str]], desk: Desk, staff: dict[Role, Staff]
) -> None:
    site, door, *_ = phone
    owner = desk(Role.OWNER)
    one = f"/admin/staff/{staff[Role.EDITOR].id}"
    owner.press(owner.open(one), "/second-step/clear")
    assert site.open("/admin/").status_code == 302
    assert log_in(door, EDITOR).location == "/admin/"


def test_the_secret_is_sealed_and_survives_a_rotation_of_the_key(
    phone: tuple[Site, Site, str, list[str]],
    settings: Settings,
    session: Session,
    sessions: sessionmaker[Session],
    clock: Clock,
) -> None:
    _, door, secret, codes = phone
    sealed = session.scalars(select(StaffTotp.secret_sealed)).one()
    assert secret.encode() not in sealed
    new_key = "another key for tests that is long enough"
    rotated = settings.with_(secret_key=new_key, secret_key_fallbacks=(settings.secret_key,))
    assert Seal(rotated).open(sealed) == secret
    lost = settings.with_(secret_key=new_key)
    with pytest.raises(BrokenSeal):
        Seal(lost).open(sealed)
    door = Site(make_app(lost, sessions, clock).test_client(), clock, session)
    log_in(door, EDITOR)
    assert type_code(door, code_of(secret, door)).status_code == 401
    assert type_code(door, codes[0]).status_code == 302


def test_the_picture_says_whose_account_it_is(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    secret = begin(site)
    page = site.open(PAGE)
    (uri,) = tree(page).xpath("//a[starts-with(@href, 'otpauth:')]/@href")
    assert uri.startswith("otpauth://totp/")
    assert re.search(rf"secret={secret}\b", uri)
    assert "editor%40levant.example" in uri
    assert tree(page).xpath("//svg[@class='qr']")
    assert not tree(page).xpath("//*[@style]")
    session.execute(update(StaffTotp).values(confirmed_at=site.clock.now))
    assert secret[:4] not in words(site.open(PAGE))
