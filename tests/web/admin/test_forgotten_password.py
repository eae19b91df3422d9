"""A forgotten password: the same answer and the same work for everybody, a link that works once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.notice import NoticeKind, NoticeState
from app.domain.staff import Role
from app.store.tables import AuditEvent, Notice, Staff
from tests.web.admin.conftest import PASSWORD, Desk, address_of, log_in
from tests.web.admin.mails import link_in, mails
from tests.web.site import Site, tree, words

EDITOR = address_of(Role.EDITOR)
NEW = {"new": "plum ladder cobalt", "again": "plum ladder cobalt"}


def ask(site: Site, email: str) -> TestResponse:
    return site.press(site.open("/admin/forgot"), "/admin/forgot", email=email)


def links(session: Session, settings: Settings) -> list[str]:
    return [link_in(one) for one in mails(session, settings, NoticeKind.PASSWORD_RESET)]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "SAVEPOINT" not in statement:  # The test's own transaction; they are numbered.
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_a_new_password_is_set_by_mail_and_ends_every_session(
    app: Flask, desk: Desk, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    elsewhere = desk(Role.EDITOR)
    site = Site(app.test_client(), elsewhere.clock, session)
    assert words(site.open(ask(site, " Editor@Levant.example").location))
    (link,) = links(session, settings)
    page = site.open(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert elsewhere.open("/admin/").status_code == 200
    assert site.press(page, **NEW).location == "/admin/login"
    assert elsewhere.open("/admin/").status_code == 302
    assert log_in(site, EDITOR, PASSWORD).status_code == 401
    assert log_in(site, EDITOR, NEW["new"]).status_code == 302
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[1:3] == ["staff.forgot", "staff.password_by_mail"]


def test_strangers_closed_and_invited_accounts_get_the_same_answer_and_no_mail(
    door: Site, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    staff[Role.VIEWER].active = False
    staff[Role.AUTHOR].password_hash = ""
    told = {
        words(door.open(ask(door, email).location))
        for email in (EDITOR, "nobody@levant.example", *map(address_of, (Role.VIEWER, Role.AUTHOR)))
    }
    assert len(told) == 1
    assert len(links(session, settings)) == 1
    failed = session.scalars(select(Notice).where(Notice.state == NoticeState.FAILED)).all()
    assert [one.staff_id for one in failed] == [None] * 3


def test_the_database_is_asked_the_same_for_everybody(door: Site, engine: Engine) -> None:
    ask(door, "first@levant.example")  # What is read once a process is read by now.
    with statements(engine) as known:
        ask(door, EDITOR)
    with statements(engine) as unknown:
        ask(door, "nobody@levant.example")
    assert known == unknown
    assert len(known) > 3


def test_the_fourth_mail_within_an_hour_has_to_wait_whoever_is_meant(door: Site) -> None:
    for email in (EDITOR, "nobody@levant.example"):
        answers = [ask(door, email).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 429]
    assert log_in(door, EDITOR).status_code == 302


def test_a_link_works_once_for_one_hour_and_not_after_another_change(
    app: Flask, door: Site, session: Session, settings: Settings, staff: dict[Role, Staff]
) -> None:
    ask(door, EDITOR)
    (first,) = links(session, settings)
    door.clock.advance(hours=1, minutes=1)
    assert door.open(first).status_code == 410
    ask(door, EDITOR)
    second = links(session, settings)[-1]
    other = Site(app.test_client(), door.clock, session)
    open_page = other.open(second)
    assert door.press(door.open(second), **NEW).status_code == 302
    again = other.press(open_page, new="another good one", again="another good one")
    assert again.status_code == 410
    assert log_in(other, EDITOR, NEW["new"]).status_code == 302


def test_pages_behind_a_mailed_link_are_kept_nowhere_and_ask_nobody_else(
    door: Site, session: Session, settings: Settings
) -> None:
    ask(door, EDITOR)
    (link,) = links(session, settings)
    for path in (link, link[:-3] + "AAA", "/admin/invitation/" + "A" * 32):
        page = door.open(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert "img-src 'self';" in page.headers["Content-Security-Policy"]
        addresses = tree(page).xpath("//*[@src]/@src | //link/@href | //form/@action")
        assert [one for one in addresses if not one.startswith("/") or one[:2] == "//"] == []


@pytest.mark.parametrize(("email", "complaint"), [("nonsense", "ليس عنوان"), ("", "مطلوب")])
def test_what_is_no_address_is_told_at_once(door: Site, email: str, complaint: str) -> None:
    page = ask(door, email)
    assert page.status_code == 400
    assert complaint in words(page)
