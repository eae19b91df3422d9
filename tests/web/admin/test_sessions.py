"""Sessions are rows: a copied cookie dies with them, and their owner sees and ends them."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.staff import Role
from app.store.tables import AuditEvent, Staff, StaffSession
from tests.web.admin.conftest import Desk, address_of, log_in
from tests.web.site import Site, tree, words

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)


def copied(app: Flask, site: Site, session: Session) -> Site:
    """Another browser with the same cookie."""
    cookie = site.client.get_cookie("nashra", domain="levant.example")
    assert cookie is not None
    thief = Site(app.test_client(), site.clock, session)
    thief.client.set_cookie("nashra", cookie.value, domain="levant.example", secure=True)
    return thief


def ids(site: Site) -> list[str]:
    """Where one's own list offers to end a session."""
    forms = tree(site.open("/admin/account")).xpath("//form/@action")
    return [one for one in forms if "/sessions/" in one and one != "/admin/account/sessions/end"]


def test_a_copied_cookie_ends_with_the_logout_of_its_owner(
    app: Flask, desk: Desk, session: Session
) -> None:
    site = desk(Role.EDITOR)
    thief = copied(app, site, session)
    assert thief.open("/admin/").status_code == 200
    site.press(site.open("/admin/"), "/admin/logout")
    assert thief.open("/admin/").status_code == 302
    assert session.scalar(select(func.count()).select_from(StaffSession)) == 0


def test_the_cookie_is_not_in_the_database(desk: Desk, session: Session) -> None:
    site = desk(Role.VIEWER)
    with site.client.session_transaction(base_url="https://levant.example") as cookie:
        secret = cookie["staff"]
    row = session.scalars(select(StaffSession)).one()
    assert len(secret) >= 43
    assert secret.encode() not in row.secret_hash
    assert len(row.secret_hash) == 32


def test_a_cookie_of_an_older_form_is_nobody_s(desk: Desk) -> None:
    site = desk(Role.VIEWER)
    with site.client.session_transaction(base_url="https://levant.example") as cookie:
        cookie["staff"] = {"id": 1, "version": 1, "since": 0, "seen": 0}
    assert site.open("/admin/").status_code == 302


def test_one_s_own_sessions_are_listed_and_ended_one_by_one(
    app: Flask, desk: Desk, session: Session, staff: dict[Role, Staff]
) -> None:
    here, bystander = desk(Role.EDITOR), desk(Role.VIEWER)
    phone = Site(app.test_client(), here.clock, session)
    phone.client.environ_base |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "192.0.2.7"}
    assert log_in(phone, address_of(Role.EDITOR)).status_code == 302
    page = here.open("/admin/account")
    assert "Chrome على Android" in words(page)
    assert "192.0.2.7" in words(page)
    assert words(page).count("هذه الجلسة") == 1
    (end,) = ids(here)
    assert here.press(page, end).status_code == 302
    assert phone.open("/admin/").status_code == 302
    assert here.open("/admin/").status_code == bystander.open("/admin/").status_code == 200
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (last.action, last.staff_id) == ("staff.end_session", staff[Role.EDITOR].id)


def test_all_others_end_at_once(desk: Desk) -> None:
    here, bystander = desk(Role.EDITOR), desk(Role.VIEWER)
    others = [desk(Role.EDITOR), desk(Role.EDITOR)]
    assert here.press(here.open("/admin/account"), "/account/sessions/end").status_code == 302
    assert [one.open("/admin/").status_code for one in others] == [302, 302]
    assert here.open("/admin/").status_code == bystander.open("/admin/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(desk: Desk, session: Session) -> None:
    editor, viewer, again = desk(Role.EDITOR), desk(Role.VIEWER), desk(Role.VIEWER)
    page, theirs = viewer.open("/admin/account"), ids(editor)
    assert theirs == []
    (mine,) = ids(viewer)
    number = session.scalars(select(StaffSession.id).order_by(StaffSession.id)).first()
    form = tree(page).xpath(f"//form[@action='{mine}']/input[@name='csrf_token']/@value")
    viewer.post(f"/admin/account/sessions/{number}/end", {"csrf_token": form[0]})
    assert editor.open("/admin/").status_code == 200
    assert again.open("/admin/").status_code == 200


def test_a_login_sweeps_out_what_has_ended(desk: Desk, session: Session) -> None:
    site = desk(Role.VIEWER)
    site.clock.advance(hours=9)
    assert desk(Role.VIEWER).open("/admin/").status_code == 200
    assert session.scalar(select(func.count()).select_from(StaffSession)) == 1


def test_the_last_use_is_written_once_a_minute(desk: Desk, session: Session) -> None:
    site = desk(Role.VIEWER)
    opened = site.clock.now
    site.clock.advance(seconds=30)
    site.open("/admin/")
    assert session.scalars(select(StaffSession.seen_at)).one() == opened
    site.clock.advance(seconds=31)
    site.open("/admin/")
    assert session.scalars(select(StaffSession.seen_at)).one() == site.clock.now
