"""One's own account: the name, the password, and the browsers that are logged in with it."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role, WeakPassword
from app.usecases.manage_staff import BadLogin, change_password
from app.usecases.passkeys import count_passkeys
from app.usecases.second_step import is_on
from app.usecases.staff_sessions import end_other_sessions, end_session, list_sessions
from app.web import scope
from app.web.admin.attempts import attempt_of, please_wait, throttle
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.login import PASSWORD_WORDS, PasswordForm
from app.web.admin.forms.staff import NameForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import close_session, current_session, current_staff, open_session
from app.web.admin.people_words import device_words
from app.web.admin.record import audit, audit_and_warn
from app.web.admin.throttle import TooManyAttempts

_PAGE = "admin/account.html"


@blueprint.route("/account", methods=["GET", "POST"])
@needs(Role.VIEWER)
def account() -> Response:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(form, form.status)
    staff = current_staff()
    attempt = attempt_of(staff.email_key, staff)
    try:
        throttle().count(attempt)
        change_password(scope.session(), staff=staff, current=form.current.data, new=form.new.data)
    except TooManyAttempts as refusal:
        return please_wait(_PAGE, refusal, form=form, **_context())
    except BadLogin:
        form.current.errors = [gettext("This is not your current password.")]
        return _page(form, 400)
    except WeakPassword as refusal:
        form.refuse(form.new, PASSWORD_WORDS, refusal.code)
        return _page(form, 400)
    throttle().forgive(attempt)
    warning = audit_and_warn(staff, "staff.password")
    open_session(staff)
    scope.commit(*warning)
    flash(gettext("Your password is changed. All other sessions of this account have ended."))
    return redirect(url_for("admin.account"))


@blueprint.post("/account/name")
@needs(Role.VIEWER)
def rename_self() -> Response:
    form, staff = NameForm(), current_staff()
    name = (form.name.data or "").strip()
    if not form.validate_on_submit() or not name:
        return _page(PasswordForm(formdata=None), 400, name_form=form)
    if name != staff.name:
        audit("staff.name", object_type="staff", object_id=staff.id, name=name)
        staff.name = name
    scope.commit()
    flash(gettext("Your name is kept."))
    return redirect(url_for("admin.account"))


@blueprint.post("/account/sessions/<int:session_id>/end")
@needs(Role.VIEWER)
def end_own_session(session_id: int) -> Response:
    """Ends one of one's own sessions; somebody else's is as good as gone."""
    staff = current_staff()
    if session_id == current_session().id:
        audit("staff.logout", object_type="staff", object_id=staff.id)
        close_session()
        scope.commit()
        return redirect(url_for("admin.login"))
    if end_session(scope.session(), staff=staff, session_id=session_id):
        audit("staff.end_session", object_type="staff", object_id=staff.id)
        scope.commit()
    flash(gettext("This session has ended. Whoever used it has to log in again."))
    return redirect(url_for("admin.account"))


@blueprint.post("/account/sessions/end")
@needs(Role.VIEWER)
def end_other_own_sessions() -> Response:
    staff = current_staff()
    ended = end_other_sessions(scope.session(), staff=staff, but=current_session().id)
    if ended:
        audit("staff.end_sessions", object_type="staff", object_id=staff.id, sessions=ended)
        scope.commit()
    flash(gettext("You are logged in here only."))
    return redirect(url_for("admin.account"))


def _page(form: PasswordForm, status: int, **more: Any) -> Response:
    return make_response(render_template(_PAGE, form=form, **{**_context(), **more}), status)


def _context() -> dict[str, Any]:
    return {
        "name_form": NameForm(formdata=None, name=current_staff().name),
        "sessions": list_sessions(scope.session(), now=scope.now(), staff=current_staff()),
        "this_session": current_session(),
        "device_words": device_words,
        "passkeys": count_passkeys(scope.session(), current_staff()),
        "second_step_on": is_on(scope.session(), current_staff()),
    }
