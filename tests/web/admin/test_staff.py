"""The staff as an owner keeps it: invited by mail, given roles, closed; one owner always stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.store.tables import AuditEvent, Staff
from tests.web.admin.conftest import PASSWORD, Desk, address_of, log_in
from tests.web.admin.mails import link_in, mails
from tests.web.site import Site, tree, words

NEW = "reem@levant.example"
Mailed = Callable[[], list[str]]
TYPED = {"name": "ريم الخطيب", "new": "plum ladder cobalt", "again": "plum ladder cobalt"}


def last_action(session: Session) -> str:
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)).one()


def invite(owner: Site, email: str = NEW, role: str = "author") -> None:
    page = owner.open("/admin/staff/invite")
    answer = owner.press(page, "/staff/invite", email=email, role=role, language="ar")
    assert answer.location == "/admin/staff"


@pytest.fixture
def mailbox_of(session: Session, settings: Settings) -> Mailed:
    """The paths behind the links of all invitations."""
    return lambda: [link_in(one) for one in mails(session, settings, NoticeKind.INVITATION)]


def visitor(app: Flask, owner: Site, session: Session) -> Site:
    return Site(app.test_client(), owner.clock, session)


def member(session: Session, email: str = NEW) -> Staff:
    return session.scalars(select(Staff).where(Staff.email_key == email)).one()


def test_who_is_invited_chooses_name_and_password_and_is_in(
    app: Flask, desk: Desk, session: Session, mailbox_of: Mailed, staff: dict[Role, Staff]
) -> None:
    owner = desk(Role.OWNER)
    invite(owner)
    assert NEW in words(owner.open("/admin/staff"))
    assert log_in(visitor(app, owner, session), NEW, "").status_code == 400
    assert log_in(visitor(app, owner, session), NEW, "anything at all").status_code == 401
    (link,) = mailbox_of()
    guest = visitor(app, owner, session)
    page = guest.open(link)
    assert NEW in words(page)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert guest.press(page, **TYPED).location == "/admin/"
    assert guest.open("/admin/articles").status_code == 200
    assert guest.open("/admin/staff").status_code == 403
    joined = member(session)
    assert (joined.name, joined.role, joined.invited_at) == (TYPED["name"], Role.AUTHOR, None)
    assert last_action(session) == "staff.accept_invitation"
    assert log_in(visitor(app, owner, session), NEW, TYPED["new"]).status_code == 302


def test_an_invitation_works_once(
    app: Flask, desk: Desk, session: Session, mailbox_of: Mailed
) -> None:
    owner = desk(Role.OWNER)
    invite(owner)
    (link,) = mailbox_of()
    first, second = visitor(app, owner, session), visitor(app, owner, session)
    page, again = first.open(link), second.open(link)
    assert first.press(page, **TYPED).status_code == 302
    refused = second.press(again, **(TYPED | {"name": "غيرها"}))
    assert refused.status_code == 410
    assert "لم يعد يفتح شيئاً" in words(refused)
    assert member(session).name == TYPED["name"]


def test_an_invitation_runs_out_is_sent_again_and_withdrawn(
    app: Flask, desk: Desk, session: Session, mailbox_of: Mailed
) -> None:
    owner, guest = desk(Role.OWNER), Site(app.test_client(), desk(Role.VIEWER).clock, session)
    invite(owner)
    one = f"/admin/staff/{member(session).id}"
    (first,) = mailbox_of()
    owner.press(owner.open(one), "/invite")
    old, second = mailbox_of()
    assert first != second
    assert guest.open(first).status_code == 410
    # A mail that waits in the queue carries the link of the account as it is now.
    assert guest.open(old).status_code == guest.open(second).status_code == 200
    owner.clock.advance(days=3, minutes=1)
    assert guest.open(second).status_code == 410
    owner = desk(Role.OWNER)
    assert "انتهت مدة" in words(owner.open(one))
    owner.press(owner.open(one), "/invite")
    third = mailbox_of()[-1]
    assert guest.open(third).status_code == 200
    owner.press(owner.open(one), "/withdraw")
    assert guest.open(third).status_code == 410
    assert "سُحبت" in words(owner.open("/admin/staff"))  # It is told once.
    assert NEW not in words(owner.open("/admin/staff"))
    assert last_action(session) == "staff.withdraw_invitation"
    assert mailbox_of() == []


def test_a_link_does_not_serve_another_purpose(
    app: Flask, desk: Desk, session: Session, mailbox_of: Mailed
) -> None:
    owner = desk(Role.OWNER)
    invite(owner)
    (link,) = mailbox_of()
    guest = visitor(app, owner, session)
    assert guest.open(link.replace("/invitation/", "/reset/")).status_code == 410
    assert guest.open(f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}").status_code == 410


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"new": "short", "again": "short"}, "على الأقل"),
        ({"again": "something else"}, "مختلفتان"),
        ({"new": NEW, "again": NEW}, "عنوان بريدك"),
        ({"name": ""}, "مطلوب"),
    ],
)
def test_what_is_refused_is_told_and_the_link_stays_good(
    app: Flask,
    desk: Desk,
    session: Session,
    mailbox_of: Mailed,
    typed: dict[str, str],
    complaint: str,
) -> None:
    owner = desk(Role.OWNER)
    invite(owner)
    (link,) = mailbox_of()
    guest = visitor(app, owner, session)
    page = guest.press(guest.open(link), **(TYPED | typed))
    assert page.status_code == 400
    assert complaint in words(page)
    assert guest.press(page, **TYPED).status_code == 302


@pytest.mark.parametrize(
    ("email", "complaint"),
    [("nonsense", "ليس عنوان بريد"), (address_of(Role.VIEWER), "في الفريق"), ("", "مطلوب")],
)
def test_an_address_that_cannot_be_invited(
    desk: Desk, mailbox_of: Mailed, email: str, complaint: str
) -> None:
    owner = desk(Role.OWNER)
    page = owner.press(owner.open("/admin/staff/invite"), "/staff/invite", email=email)
    assert page.status_code in (400, 409)
    assert complaint in words(page)
    assert tree(page).xpath("//input[@name='email']/@value") == [email]
    assert mailbox_of() == []


def test_a_role_counts_from_the_next_page_on(
    desk: Desk, session: Session, staff: dict[Role, Staff]
) -> None:
    owner, viewer = desk(Role.OWNER), desk(Role.VIEWER)
    assert viewer.open("/admin/brand").status_code == 403
    page = owner.open(f"/admin/staff/{staff[Role.VIEWER].id}")
    owner.press(page, "/role", role="editor")
    assert viewer.open("/admin/brand").status_code == 200
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.object_id) == ("staff.role", staff[Role.VIEWER].id)
    assert event.detail == {"before": "viewer", "after": "editor"}


def test_a_closed_account_loses_its_sessions_and_gets_none_back(
    desk: Desk, staff: dict[Role, Staff]
) -> None:
    owner, editor = desk(Role.OWNER), desk(Role.EDITOR)
    one = f"/admin/staff/{staff[Role.EDITOR].id}"
    ask = owner.open(f"{one}/close")
    assert "لن يستطيع" in words(ask)
    owner.press(ask, "/close")
    assert editor.open("/admin/").status_code == 302
    assert log_in(editor, address_of(Role.EDITOR)).status_code == 401
    owner.press(owner.open(one), "/reopen")
    assert editor.open("/admin/").status_code == 302
    assert log_in(editor, address_of(Role.EDITOR)).status_code == 302


def test_the_last_owner_stays(desk: Desk, session: Session, staff: dict[Role, Staff]) -> None:
    owner = desk(Role.OWNER)
    one = f"/admin/staff/{staff[Role.OWNER].id}"
    invite(owner, role="owner")  # Who has not accepted yet is no other owner.
    demoted = owner.press(owner.open(one), "/role", role="viewer")
    closed = owner.press(owner.open(f"{one}/close"), "/close")
    assert (demoted.status_code, closed.status_code) == (409, 409)
    assert "آخر مالك" in words(demoted)
    assert "آخر مالك" in words(closed)
    session.expire_all()
    assert (staff[Role.OWNER].role, staff[Role.OWNER].active) == (Role.OWNER, True)
    page = owner.open(f"/admin/staff/{staff[Role.EDITOR].id}")
    owner.press(page, "/role", role="owner")
    assert owner.press(owner.open(one), "/role", role="viewer").status_code == 302
    assert owner.open("/admin/staff").status_code == 403


def test_an_owner_ends_the_sessions_of_somebody(desk: Desk, staff: dict[Role, Staff]) -> None:
    owner, editor = desk(Role.OWNER), desk(Role.EDITOR)
    owner.press(owner.open(f"/admin/staff/{staff[Role.EDITOR].id}"), "/sessions/end")
    assert editor.open("/admin/").status_code == 302
    assert owner.open("/admin/").status_code == 200
    assert log_in(editor, address_of(Role.EDITOR), PASSWORD).status_code == 302


def test_the_list_is_searched_by_name_and_address(
    desk: Desk, session: Session, staff: dict[Role, Staff]
) -> None:
    staff[Role.AUTHOR].name = "سلمى حداد"
    session.flush()
    owner = desk(Role.OWNER)
    assert address_of(Role.AUTHOR) in words(owner.open("/admin/staff?q=سلمى"))
    assert address_of(Role.VIEWER) not in words(owner.open("/admin/staff?q=سلمى"))
    assert address_of(Role.VIEWER) in words(owner.open("/admin/staff?q=VIEWER@"))
    assert "لا أحد" in words(owner.open("/admin/staff?q=%25"))


def test_an_invitation_in_english_leads_to_an_english_page_and_account(
    app: Flask, desk: Desk, session: Session, mailbox_of: Mailed
) -> None:
    owner = desk(Role.OWNER)
    page = owner.open("/admin/staff/invite")
    owner.press(page, "/staff/invite", email=NEW, role="viewer", language="en")
    (link,) = mailbox_of()
    guest = visitor(app, owner, session)
    opened = guest.open(link)
    assert "Welcome to the newsroom" in words(opened)
    assert "at least 10 characters" in words(guest.press(opened, **(TYPED | {"new": "short"})))
    assert guest.press(guest.open(link), **TYPED).status_code == 302
    assert 'lang="en"' in guest.open("/admin/").text
