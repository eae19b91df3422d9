"""The matrix of routes and roles, written down once more by hand: a route that is missing here
fails, and so does one whose answer differs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.staff import Role
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.site import BASE, Site

OPEN = None
NEEDED: dict[str, Role | None] = {
    "account": Role.VIEWER,
    "add_new_article": Role.AUTHOR,
    "add_new_source": Role.EDITOR,
    "add_origin": Role.EDITOR,
    "add_new_topic": Role.EDITOR,
    "approval": Role.VIEWER,
    "approve": Role.EDITOR,
    "archive_campaign": Role.EDITOR,
    "add_token": Role.EDITOR,
    "article": Role.VIEWER,
    "article_card": Role.VIEWER,
    "articles": Role.VIEWER,
    "audit": Role.EDITOR,
    "add_passkey": Role.VIEWER,
    "begin_passkey": Role.VIEWER,
    "begin_passkey_login": OPEN,
    "begin_second_step": Role.VIEWER,
    "begin_import": Role.EDITOR,
    "brand": Role.EDITOR,
    "brand_check": Role.EDITOR,
    "brand_preview": Role.EDITOR,
    "campaign": Role.VIEWER,
    "campaign_csv": Role.VIEWER,
    "campaign_deliveries": Role.VIEWER,
    "audience_count": Role.AUTHOR,
    "campaign_audience": Role.AUTHOR,
    "campaign_content": Role.AUTHOR,
    "campaign_kind": Role.AUTHOR,
    "campaign_look": Role.AUTHOR,
    "campaign_progress": Role.VIEWER,
    "campaign_when": Role.EDITOR,
    "campaigns": Role.VIEWER,
    "cancel": Role.EDITOR,
    "change_staff_role": Role.OWNER,
    "check_sending_dns": Role.OWNER,
    "check_campaign": Role.EDITOR,
    "check_progress": Role.VIEWER,
    "check_file": Role.EDITOR,
    "choose_language": OPEN,
    "clear_second_step": Role.OWNER,
    "choose_subject": Role.EDITOR,
    "close_staff": Role.OWNER,
    "confirm_cancel": Role.EDITOR,
    "confirm_close_staff": Role.OWNER,
    "confirm_decision": Role.EDITOR,
    "confirm_delete_schedule": Role.EDITOR,
    "confirm_resume": Role.EDITOR,
    "confirm_remove_origin": Role.EDITOR,
    "confirm_run_schedule": Role.EDITOR,
    "confirm_second_step": Role.VIEWER,
    "confirm_send": Role.EDITOR,
    "decide": Role.EDITOR,
    "duplicate": Role.AUTHOR,
    "edit_article": Role.AUTHOR,
    "edit_schedule": Role.EDITOR,
    "hold": Role.EDITOR,
    "next_runs": Role.EDITOR,
    "remove_origin": Role.EDITOR,
    "run_schedule": Role.EDITOR,
    "widget_form": Role.VIEWER,
    "widgets": Role.VIEWER,
    "end_other_own_sessions": Role.VIEWER,
    "end_own_session": Role.VIEWER,
    "end_staff_sessions": Role.OWNER,
    "end_token": Role.EDITOR,
    "export": Role.EDITOR,
    "export_audit": Role.EDITOR,
    "fetch_source": Role.EDITOR,
    "forgot": OPEN,
    "forgot_sent": OPEN,
    "home": Role.VIEWER,
    "invitation": OPEN,
    "invite_staff": Role.OWNER,
    "import_file": Role.EDITOR,
    "import_readers": Role.EDITOR,
    "job": Role.EDITOR,
    "job_file": Role.EDITOR,
    "job_progress": Role.EDITOR,
    "job_refused": Role.EDITOR,
    "jobs": Role.EDITOR,
    "login": OPEN,
    "login_code": OPEN,
    "logout": OPEN,
    "look_mail": Role.AUTHOR,
    "look_now": Role.AUTHOR,
    "mail_server": Role.OWNER,
    "test_mail_server": Role.OWNER,
    "new_article": Role.AUTHOR,
    "new_campaign": Role.AUTHOR,
    "new_schedule": Role.EDITOR,
    "passkey_login": OPEN,
    "passkeys": Role.VIEWER,
    "pause": Role.EDITOR,
    "preview": Role.VIEWER,
    "preview_mail": Role.VIEWER,
    "send_test": Role.AUTHOR,
    "preview_written": Role.AUTHOR,
    "reader": Role.VIEWER,
    "readers": Role.VIEWER,
    "reread_file": Role.EDITOR,
    "remove_schedule": Role.EDITOR,
    "remove_passkey": Role.VIEWER,
    "rename_passkey": Role.VIEWER,
    "rename_self": Role.VIEWER,
    "renew_codes": Role.VIEWER,
    "reopen_staff": Role.OWNER,
    "resend_invitation": Role.OWNER,
    "reset_password": OPEN,
    "restore_article": Role.AUTHOR,
    "resume": Role.EDITOR,
    "resume_job": Role.EDITOR,
    "save_article": Role.AUTHOR,
    "schedule": Role.VIEWER,
    "schedules": Role.VIEWER,
    "send_campaign": Role.EDITOR,
    "save_categories": Role.EDITOR,
    "save_source": Role.EDITOR,
    "sending_dns": Role.OWNER,
    "settings": Role.OWNER,
    "source": Role.VIEWER,
    "sources": Role.VIEWER,
    "look_at_address": Role.EDITOR,
    "confirm_remove_source": Role.EDITOR,
    "drop_source": Role.EDITOR,
    "second_step": Role.VIEWER,
    "staff": Role.OWNER,
    "staff_member": Role.OWNER,
    "stop_job": Role.EDITOR,
    "switch_schedule": Role.EDITOR,
    "switch_source": Role.EDITOR,
    "tokens": Role.EDITOR,
    "topics": Role.VIEWER,
    "topic": Role.VIEWER,
    "save_topic": Role.EDITOR,
    "shift_topic": Role.EDITOR,
    "confirm_merge_topic": Role.EDITOR,
    "merge_topic": Role.EDITOR,
    "confirm_remove_topic": Role.EDITOR,
    "end_topic": Role.EDITOR,
    "turn_second_step_off": Role.VIEWER,
    "undo_job": Role.EDITOR,
    "unschedule_campaign": Role.EDITOR,
    "when_asked": Role.EDITOR,
    "withdraw_article": Role.AUTHOR,
    "withdraw_staff_invitation": Role.OWNER,
    "change_readers": Role.EDITOR,
    "confirm_delete_segment": Role.EDITOR,
    "confirm_end_token": Role.EDITOR,
    "confirm_leave_reader": Role.EDITOR,
    "count_of_readers": Role.VIEWER,
    "forget_reader": Role.EDITOR,
    "keep_segment": Role.EDITOR,
    "leave_reader": Role.EDITOR,
    "lift": Role.EDITOR,
    "new_reader": Role.EDITOR,
    "pause_mails_of_reader": Role.EDITOR,
    "rename_kept_segment": Role.EDITOR,
    "refilter_segment": Role.EDITOR,
    "remove_segment": Role.EDITOR,
    "save_reader": Role.EDITOR,
    "segments": Role.VIEWER,
    "suppress": Role.EDITOR,
    "suppressions": Role.VIEWER,
}
POWER = (Role.VIEWER, Role.AUTHOR, Role.EDITOR, Role.OWNER)


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(name, method, path) of every route of the admin, with numbers that nothing has."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin."):
            continue
        path = re.sub(r"<int:\w+>", "999999", rule.rule).replace("<token>", "A" * 32)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule.endpoint.removeprefix("admin."), method, path


def token_of(site: Site) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', site.open("/admin/account").text)
    assert found is not None
    return found[1]


def is_strict(policy: str) -> bool:
    """Whether nothing runs but what files of ours say; a mail has styles of its own, and is shown
    in a frame in which nothing runs at all."""
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    if rules["default-src"] != "'none'" or rules["base-uri"] != "'none'":
        return False
    if "unsafe" in policy:
        return "script-src" not in rules and rules.get("sandbox") == ""
    return rules["script-src"] == rules["style-src"] == "'self'"


def test_every_route_is_in_the_matrix(app: Flask) -> None:
    assert {name for name, _, _ in routes(app)} == set(NEEDED)


@pytest.mark.parametrize("role", POWER)
def test_what_a_role_may_do(app: Flask, desk: Desk, session: Session, role: Role) -> None:
    """And what is refused writes nothing."""
    site = desk(role)
    token = token_of(site)
    for name, method, path in routes(app):
        if name in ("logout", "login"):
            continue
        data = {"csrf_token": token} if method == "POST" else None
        needed = NEEDED[name]
        allowed = needed is OPEN or POWER.index(role) >= POWER.index(needed)
        counted = _written(session)
        answer = site.client.open(path, method=method, base_url=BASE, data=data)
        assert (answer.status_code == 403) == (not allowed), (name, method, answer.status_code)
        assert allowed or _written(session) == counted, (name, method)
        assert is_strict(answer.headers["Content-Security-Policy"]), name
        assert answer.status_code in (200, 302, 400, 403, 404, 410), (
            name,
            method,
            answer.status_code,
        )


def test_who_is_not_logged_in_is_sent_to_the_login(
    app: Flask, door: Site, session: Session
) -> None:
    """And writes nothing on the way."""
    for name, method, path in routes(app):
        page = door.open("/admin/login")
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
        assert found is not None
        data = {"csrf_token": found[1]} if method == "POST" else None
        counted = _written(session)
        answer = door.client.open(path, method=method, base_url=BASE, data=data)
        if NEEDED[name] is not OPEN:
            assert answer.status_code == 302, (name, method)
            assert answer.location.startswith("/admin/login"), (name, method)
            assert _written(session) == counted, (name, method)


def test_every_post_wants_a_token(app: Flask, desk: Desk) -> None:
    site = desk(Role.OWNER)
    for name, method, path in routes(app):
        assert method in ("GET", "POST"), name
        if method == "POST":
            assert site.client.post(path, base_url=BASE).status_code == 400, name
            forged = site.client.post(path, base_url=BASE, data={"csrf_token": "forged"})
            assert forged.status_code == 400, name
    assert site.open("/admin/").status_code == 200


def test_a_get_changes_nothing(
    app: Flask, desk: Desk, newsroom: Newsroom, session: Session
) -> None:
    """Each page is opened with rows behind it; the database must not be written to."""
    article = newsroom.article("خبر", "politics")
    site = desk(Role.OWNER)
    form = site.open("/admin/campaigns/new")
    made = site.press(form, "/admin/campaigns/new", kind="alert", article=str(article))
    number = re.sub(r"\D", "", made.location)
    counted = _written(session)
    for _, method, path in routes(app):
        if method == "GET":
            site.open(path.replace("999999", number))
    assert _written(session) == counted


def _written(session: Session) -> tuple[int, ...]:
    row = session.connection().exec_driver_sql(
        "select sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) from pg_stat_xact_user_tables"
    )
    return tuple(int(value) for value in row.one())


def test_a_route_without_a_role_is_closed(app: Flask, desk: Desk) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    site = desk(Role.OWNER)
    app.view_functions["admin.topics"] = lambda: "nobody said who may see this"
    assert site.open("/admin/topics").status_code == 500
