"""The test of the mail server from the settings: one real mail to the staff, told step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.staff import Role
from app.mail.smtp.rehearse import Fault, Step
from app.store.tables import AuditEvent
from app.usecases.try_mail_server import kept_test
from app.web.admin import mail_words
from tests.mail.smtp.scripted import OK, ScriptedServer
from tests.web.admin.conftest import Desk, address_of
from tests.web.site import Site, tree, words

PATH = "/admin/settings/mail-server"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.OWNER)


def send_by(app: Flask, url: str) -> None:
    runtime = app.extensions["nashra"]
    app.extensions["nashra"] = replace(runtime, settings=runtime.settings.with_(smtp_url=url))


def press(site: Site, **typed: str) -> TestResponse:
    return site.press(site.open(PATH), PATH, **typed)


def test_the_page_shows_the_relay_and_no_password(app: Flask, site: Site) -> None:
    send_by(app, "smtps://news%40levant.example:hunter2@mail.levant.example:465?verify=no")
    page = site.open(PATH)
    told = words(page)
    assert "mail.levant.example:465" in told
    assert "news@levant.example" in told
    assert "دون فحص الشهادة" in told
    assert "hunter2" not in page.text


def test_one_mail_goes_out_to_the_staff(app: Flask, site: Site, session: Session) -> None:
    with ScriptedServer() as server:
        send_by(app, f"smtp://127.0.0.1:{server.port}")
        assert press(site).status_code == 302
    (seen,) = server.seen
    assert "RCPT TO:<owner@levant.example>" in seen
    ((content, said),) = server.contents
    assert said == "250 queued"
    assert b"Auto-Submitted: auto-generated" in content
    page = site.open(PATH)
    assert "نجح آخر اختبار" in words(page)
    assert len(tree(page).xpath("//ol[@class='steps-list']/li[@class='good']")) == 6
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "settings.test_mail"))
    assert [one.detail for one in told] == [{"to": "owner@levant.example", "fault": ""}]
    assert "نجح آخر اختبار" in words(site.open("/admin/"))


def test_what_failed_is_said_with_the_server_s_words(
    app: Flask, site: Site, session: Session
) -> None:
    with ScriptedServer([OK, "550 5.7.1 relaying denied"]) as server:
        send_by(app, f"smtp://127.0.0.1:{server.port}")
        press(site, to=address_of(Role.EDITOR))
    page = site.open(PATH)
    told = words(page)
    assert "فشل آخر اختبار" in told
    assert "550 5.7.1 relaying denied" in told
    assert "لا يقبل الخادم البريد إلى هذا العنوان" in told
    marks = tree(page).xpath("//ol[@class='steps-list']/li/@class")
    assert marks == ["good"] * 4 + ["bad", "untaken"]
    test = kept_test(session)
    assert test is not None
    assert (test.to, test.taken[-1].step) == ("editor@levant.example", Step.RECIPIENT)
    home = words(site.open("/admin/"))
    assert "فشل آخر اختبار لخادم البريد" in home
    assert "إلى الاختبار" in home


def test_nobody_but_the_staff_is_written_to(app: Flask, site: Site, session: Session) -> None:
    with ScriptedServer() as server:
        send_by(app, f"smtp://127.0.0.1:{server.port}")
        answer = press(site, to="stranger@example.org")
    assert answer.status_code == 400
    assert "اختر واحداً من هذه." in words(answer)
    assert server.seen == []
    assert kept_test(session) is None


def test_pressing_again_and_again_is_put_off(app: Flask, site: Site) -> None:
    with ScriptedServer() as server:
        send_by(app, f"smtp://127.0.0.1:{server.port}")
        codes = [press(site).status_code for _ in range(7)]
    assert codes == [302] * 6 + [429]
    assert len(server.contents) == 6


def test_every_step_and_fault_has_its_words() -> None:
    assert set(mail_words.FAULTS) == set(Fault)
    assert set(mail_words.STEPS) == set(Step)
