"""Logging in, being slowed down, and what ends a session."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.store.tables import AuditEvent, Staff
from tests.web.admin.conftest import PASSWORD, Desk, address_of, log_in
from tests.web.admin.mails import link_in, mails
from tests.web.site import Site, words

EDITOR = address_of(Role.EDITOR)


def actions(session: Session) -> list[tuple[str, int | None]]:
    return [
        (event.action, event.object_id)
        for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))
    ]


def test_the_right_password_opens_the_page_that_was_asked_for(
    door: Site, session: Session, staff: dict[Role, Staff]
) -> None:
    sent_away = door.open("/admin/campaigns?state=live")
    assert sent_away.status_code == 302
    answer = log_in(door, " Editor@Levant.example ", path=sent_away.location)
    assert answer.location == "/admin/campaigns?state=live"
    assert door.open(answer.location).status_code == 200
    assert staff[Role.EDITOR].logged_in_at == door.clock.now
    assert actions(session) == [("staff.login", staff[Role.EDITOR].id)]


def test_a_wrong_password_and_a_stranger_get_the_same_answer(
    door: Site, session: Session, staff: dict[Role, Staff]
) -> None:
    wrong = log_in(door, EDITOR, "not the password")
    stranger = log_in(door, "stranger@levant.example", "not the password")
    assert (wrong.status_code, stranger.status_code) == (401, 401)
    assert words(wrong) == words(stranger)
    assert actions(session) == [
        ("staff.login_failed", staff[Role.EDITOR].id),
        ("staff.login_failed", None),
    ]


def test_a_closed_account_stays_outside(door: Site, staff: dict[Role, Staff]) -> None:
    staff[Role.EDITOR].active = False
    assert log_in(door, EDITOR).status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/admin/",
        "/\\evil.example",
        "\\\\evil.example",
        "/admin/..//evil.example",
        "javascript:alert(1)",
        "/admin/\r\nSet-Cookie: a=b",
        "/u/token",
        "",
    ],
)
def test_a_foreign_target_leads_home(door: Site, target: str) -> None:
    answer = door.press(
        door.open("/admin/login"), "/admin/login", email=EDITOR, password=PASSWORD, next=target
    )
    assert answer.location == "/admin/"


def test_the_cookie_is_kept_from_scripts_and_plain_connections(door: Site) -> None:
    cookie = log_in(door, EDITOR).headers["Set-Cookie"]
    assert "; Secure" in cookie
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie


def test_the_session_is_a_new_one_after_the_login(door: Site) -> None:
    with door.client.session_transaction(base_url="https://levant.example") as session:
        session["planted"] = "by somebody else"
    page = door.open("/admin/login")
    with door.client.session_transaction(base_url="https://levant.example") as session:
        token = session["csrf_token"]
    door.press(page, "/admin/login", email=EDITOR, password=PASSWORD)
    with door.client.session_transaction(base_url="https://levant.example") as session:
        assert "planted" not in session
        assert session.get("csrf_token") != token


def test_after_five_attempts_even_the_right_password_waits_and_is_told_how_long(
    door: Site, session: Session
) -> None:
    for _ in range(5):
        assert log_in(door, EDITOR, "a guess, and a long one").status_code == 401
    refused = log_in(door, EDITOR)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert re.search(r"حاول من جديد بعد (\S+ )?(دقيقة|دقيقتين|دقائق|ثانية|ثوانٍ)", words(refused))
    assert door.open("/admin/").status_code == 302
    assert log_in(door, address_of(Role.VIEWER)).status_code == 302


def test_strangers_are_counted_like_staff(door: Site) -> None:
    answers = [log_in(door, "nobody@levant.example", "a guess").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_logging_out_is_a_post_and_ends_the_session(desk: Desk) -> None:
    site = desk(Role.VIEWER)
    assert site.open("/admin/logout").status_code == 405
    assert site.press(site.open("/admin/"), "/admin/logout").location == "/admin/login"
    assert site.open("/admin/").status_code == 302


def test_a_new_password_ends_every_other_session(desk: Desk) -> None:
    here, elsewhere = desk(Role.EDITOR), desk(Role.EDITOR)
    form = here.open("/admin/account")
    typed = {"current": PASSWORD, "new": "plum ladder cobalt", "again": "plum ladder cobalt"}
    assert here.press(form, "/admin/account", **typed).status_code == 302
    assert here.open("/admin/").status_code == 200
    assert elsewhere.open("/admin/").status_code == 302
    assert log_in(elsewhere, EDITOR).status_code == 401
    assert log_in(elsewhere, EDITOR, "plum ladder cobalt").status_code == 302


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"current": "something else"}, "ليست كلمة مرورك الحالية"),
        ({"again": "plum ladder cobald"}, "مختلفتان"),
        ({"new": "short", "again": "short"}, "على الأقل"),
        ({"new": EDITOR, "again": EDITOR}, "عنوان بريدك"),
        ({"new": PASSWORD, "again": PASSWORD}, "كلمة مرورك الحالية"),
    ],
)
def test_a_password_that_is_refused_says_why(
    desk: Desk, typed: dict[str, str], complaint: str
) -> None:
    site = desk(Role.EDITOR)
    given = {"current": PASSWORD, "new": "plum ladder cobalt", "again": "plum ladder cobalt"}
    answer = site.press(site.open("/admin/account"), "/admin/account", **(given | typed))
    assert answer.status_code == 400
    assert complaint in words(answer)


def test_a_session_ends_after_eight_idle_hours_and_after_seven_days(desk: Desk) -> None:
    idle, busy = desk(Role.VIEWER), desk(Role.VIEWER)
    for _ in range(3):
        idle.clock.advance(hours=7)
        assert busy.open("/admin/").status_code == 200
    assert idle.open("/admin/").status_code == 302
    for _ in range(21):
        busy.clock.advance(hours=7)
        answered = busy.open("/admin/").status_code
    assert answered == 200
    busy.clock.advance(hours=7)
    assert busy.open("/admin/").status_code == 302


def test_a_page_that_asks_by_itself_keeps_no_session_alive(desk: Desk) -> None:
    site = desk(Role.AUTHOR)
    made = site.press(site.open("/admin/campaigns/new"), "/admin/campaigns/new", kind="digest")
    for _ in range(8):
        site.clock.advance(minutes=59)
        assert site.open(f"{made.location.removesuffix('/content')}/progress").status_code == 200
    site.clock.advance(minutes=59)
    assert site.open("/admin/").status_code == 302


def test_closing_an_account_ends_its_session(desk: Desk, staff: dict[Role, Staff]) -> None:
    site = desk(Role.EDITOR)
    staff[Role.EDITOR].active = False
    assert site.open("/admin/").status_code == 302


def test_the_language_stays_with_the_account(desk: Desk) -> None:
    site = desk(Role.VIEWER)
    assert 'lang="ar" dir="rtl"' in site.open("/admin/").text
    site.press(site.open("/admin/articles?q=x"), "/admin/language", language="en")
    assert 'lang="en" dir="ltr"' in site.open("/admin/articles").text
    assert 'lang="en"' in desk(Role.VIEWER).open("/admin/").text


def test_no_log_holds_what_was_typed_or_what_opens_the_account(
    door: Site, caplog: pytest.LogCaptureFixture, session: Session, settings: Settings
) -> None:
    caplog.set_level("DEBUG")
    log_in(door, EDITOR, "a wrong but long password")
    log_in(door, EDITOR)
    door.press(door.open("/admin/forgot"), "/admin/forgot", email=EDITOR)
    (mail,) = mails(session, settings, NoticeKind.PASSWORD_RESET)
    door.open(link_in(mail))
    with door.client.session_transaction(base_url="https://levant.example") as cookie:
        secrets = {cookie["staff"], cookie["csrf_token"], PASSWORD, "a wrong but long password"}
    told = {record.getMessage() for record in caplog.records}
    assert not [one for one in told for secret in secrets | {link_in(mail)} if secret in one]


def test_one_s_own_name_is_kept_and_what_is_refused_stays_typed(
    desk: Desk, staff: dict[Role, Staff]
) -> None:
    site = desk(Role.AUTHOR)
    page = site.open("/admin/account")
    assert site.press(page, "/account/name", name=" سلمى حداد ").status_code == 302
    assert staff[Role.AUTHOR].name == "سلمى حداد"
    assert "سلمى حداد" in site.open("/admin/").text
    for name in ("", " ", "س" * 81):
        refused = site.press(site.open("/admin/account"), "/account/name", name=name)
        assert refused.status_code == 400
        assert f'value="{name}"' in refused.text
    assert staff[Role.AUTHOR].name == "سلمى حداد"
