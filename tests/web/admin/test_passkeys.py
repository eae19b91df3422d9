"""Passkeys: registered by whoever knows the password, a login for whoever holds the device, and
nothing for an answer that is old, foreign or somebody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.staff import Role
from app.store.tables import AuditEvent, Passkey, PasskeyChallenge, Staff
from tests.web.admin.conftest import PASSWORD, Desk, address_of, log_in
from tests.web.admin.device import Device, decoded
from tests.web.admin.test_second_step import turn_on
from tests.web.site import Site, tree, words

PAGE = "/admin/account/passkeys"


def send(site: Site, page: str, path: str, **typed: str) -> TestResponse:
    token = tree(site.open(page)).xpath("//input[@name='csrf_token']/@value")[0]
    return site.post(path, {"csrf_token": token, **typed})


def begin(site: Site, *, name: str = "هاتفي", password: str = PASSWORD) -> TestResponse:
    return send(site, PAGE, f"{PAGE}/begin", name=name, password=password)


def add(site: Site, device: Device, *, name: str = "هاتفي") -> TestResponse:
    options: Any = begin(site, name=name).json
    return send(site, PAGE, f"{PAGE}/add", name=name, answer=device.register(options["challenge"]))


def challenge(door: Site) -> str:
    options: Any = send(door, "/admin/login", "/admin/login/passkey/begin").json
    return str(options["challenge"])


def enter(door: Site, answer: str, target: str = "") -> TestResponse:
    return send(door, "/admin/login", "/admin/login/passkey", answer=answer, next=target)


@pytest.fixture
def device(desk: Desk) -> Device:
    """An editor's."""
    made = Device()
    assert add(desk(Role.EDITOR), made).json == {"to": PAGE}
    return made


def test_a_device_opens_the_account_without_a_password(
    door: Site, device: Device, session: Session, staff: dict[Role, Staff]
) -> None:
    answer = enter(door, device.sign(challenge(door)), "/admin/campaigns")
    assert answer.json == {"to": "/admin/campaigns"}
    assert address_of(Role.EDITOR) in door.open("/admin/account").text
    key = session.scalars(select(Passkey)).one()
    assert (key.name, key.sign_count, key.used_at) == ("هاتفي", 1, door.clock.now)
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (last.action, last.staff_id) == ("staff.login", staff[Role.EDITOR].id)
    assert last.detail == {"passkey": "هاتفي", "new_device": True}


def test_no_code_is_asked_for_besides(desk: Desk, door: Site) -> None:
    site, device = desk(Role.EDITOR), Device()
    turn_on(site)
    add(site, device)
    assert enter(door, device.sign(challenge(door))).json == {"to": "/admin/"}


def test_what_the_browser_is_asked(desk: Desk, door: Site, device: Device) -> None:
    options: Any = begin(desk(Role.EDITOR)).json
    assert options["rp"] == {"id": "levant.example", "name": "ليفانت"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert [decoded(one["id"]) for one in options["excludeCredentials"]] == [device.id]
    asked: Any = send(door, "/admin/login", "/admin/login/passkey/begin").json
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")


def test_an_answer_counts_once(app: Flask, door: Site, device: Device, session: Session) -> None:
    answer = device.sign(challenge(door))
    thief = Site(app.test_client(), door.clock, session)
    assert enter(door, answer).status_code == 200
    assert enter(thief, answer).status_code == 401
    assert thief.open("/admin/").status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://levant.example.evil.example"},
        {"origin": "http://levant.example"},
        {"host": "evil.example"},
        {"verified": False},
        {"key": Device().key},
        {"id": b"nobody's"},
    ],
)
def test_a_wrong_answer_opens_nothing(
    door: Site, device: Device, session: Session, wrong: dict[str, Any]
) -> None:
    answer = enter(door, replace(device, **wrong).sign(challenge(door)))
    assert answer.status_code == 401
    assert "لا يفتح" in answer.json["error"]  # type: ignore[index]
    assert door.open("/admin/").status_code == 302
    assert session.scalar(select(func.count()).select_from(PasskeyChallenge)) == 0


@pytest.mark.parametrize("nonsense", ["{}", "[]", "null", "x", '{"response": 7}', "\x00"])
def test_nonsense_is_refused(door: Site, nonsense: str) -> None:
    assert enter(door, nonsense).status_code == 401


def test_a_copied_key_that_counts_backwards_is_refused(door: Site, device: Device) -> None:
    copy = replace(device)
    for _ in range(2):
        assert enter(door, device.sign(challenge(door))).status_code == 200
        door.press(door.open("/admin/"), "/logout")
    assert enter(door, copy.sign(challenge(door))).status_code == 401


def test_what_was_asked_long_ago_or_of_somebody_else_is_refused(
    desk: Desk, door: Site, device: Device
) -> None:
    old = challenge(door)
    door.clock.advance(minutes=6)
    assert enter(door, device.sign(old)).status_code == 401
    editor, viewer = desk(Role.EDITOR), desk(Role.VIEWER)
    options: Any = begin(editor).json
    theirs = Device().register(options["challenge"])
    assert send(viewer, PAGE, f"{PAGE}/add", name="x", answer=theirs).status_code == 400
    login = Device().register(challenge(door))  # asked for a login, answered as a new key
    assert send(editor, PAGE, f"{PAGE}/add", name="x", answer=login).status_code == 400
    again = device.register(begin(editor).json["challenge"])  # type: ignore[index]
    assert send(editor, PAGE, f"{PAGE}/add", name="x", answer=again).status_code == 400


def test_a_closed_account_is_not_opened(
    door: Site, device: Device, staff: dict[Role, Staff]
) -> None:
    staff[Role.EDITOR].active = False
    assert enter(door, device.sign(challenge(door))).status_code == 401


def test_the_password_is_asked_for_before_a_key_is_added(desk: Desk, session: Session) -> None:
    site = desk(Role.VIEWER)
    refused = begin(site, password="not the password")
    assert (refused.status_code, "ليست كلمة" in refused.json["error"]) == (400, True)  # type: ignore[index]
    assert begin(site, name="").status_code == 400
    assert session.scalar(select(func.count()).select_from(PasskeyChallenge)) == 0


def test_a_key_is_renamed_and_removed_by_its_owner_alone(
    desk: Desk, door: Site, device: Device, session: Session
) -> None:
    editor, viewer = desk(Role.EDITOR), desk(Role.VIEWER)
    number = session.scalars(select(Passkey.id)).one()
    for action in ("rename", "remove"):
        path = f"{PAGE}/{number}/{action}"
        assert send(viewer, PAGE, path, name="غيره").status_code == 404
    editor.press(editor.open(PAGE), "/rename", name="مفتاح المكتب")
    assert "مفتاح المكتب" in words(editor.open(PAGE))
    editor.press(editor.open(PAGE), "/remove")
    assert enter(door, device.sign(challenge(door))).status_code == 401


def test_an_owner_takes_all_keys_of_a_lost_phone_away(
    desk: Desk, door: Site, device: Device, staff: dict[Role, Staff]
) -> None:
    assert enter(door, device.sign(challenge(door))).status_code == 200
    owner = desk(Role.OWNER)
    one = f"/admin/staff/{staff[Role.EDITOR].id}"
    owner.press(owner.open(one), "/second-step/clear")
    assert door.open("/admin/").status_code == 302
    assert enter(door, device.sign(challenge(door))).status_code == 401
    assert log_in(door, address_of(Role.EDITOR)).status_code == 302


def test_a_foreign_target_leads_home(door: Site, device: Device) -> None:
    answer = enter(door, device.sign(challenge(door)), "https://evil.example/")
    assert answer.json == {"to": "/admin/"}


def test_guessing_from_one_network_is_slowed_down(door: Site, device: Device) -> None:
    token = tree(door.open("/admin/login")).xpath("//input[@name='csrf_token']/@value")[0]
    typed = {"csrf_token": token, "answer": "{}"}
    answers = [door.post("/admin/login/passkey", typed).status_code for _ in range(121)]
    assert set(answers[:-1]) == {401}
    assert answers[-1] == 429
    assert send(door, "/admin/login", "/admin/login/passkey/begin").status_code == 429
