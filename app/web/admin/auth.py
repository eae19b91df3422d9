"""Logging in and out, and the language of these pages."""

from __future__ import annotations

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.store.tables import Staff
from app.usecases.manage_staff import BadLogin, authenticate, find_staff
from app.web import scope
from app.web.admin.attempts import key_of, please_wait, throttle
from app.web.admin.blueprint import blueprint, local_path, open_to_all
from app.web.admin.forms.login import LoginForm
from app.web.admin.identity import close_session, open_session
from app.web.admin.record import audit
from app.web.admin.throttle import Attempt, TooManyAttempts
from app.web.i18n import LANGUAGES


@blueprint.route("/login", methods=["GET", "POST"])
@open_to_all
def login() -> Response | tuple[str, int]:
    form = LoginForm(next=request.args.get("next", ""))
    if g.staff is not None:
        return redirect(local_path(form.next.data))
    if not form.validate_on_submit():
        return render_template("admin/login.html", form=form), form.status
    try:
        staff = _prove(form.email.data, form.password.data)
    except TooManyAttempts as refusal:
        return please_wait("admin/login.html", refusal, form=form)
    except BadLogin:
        # Only an account that exists is named: what was typed instead may be a password.
        known = find_staff(scope.session(), key_of(form.email.data))
        audit("staff.login_failed", object_type="staff", object_id=known.id if known else None)
        scope.commit()
        return render_template("admin/login.html", form=form, refused=True), 401
    open_session(staff)
    audit("staff.login", object_type="staff", object_id=staff.id)
    scope.commit()
    return redirect(local_path(form.next.data))


def _prove(email: str, password: str) -> Staff:
    """Who this is. Raises `TooManyAttempts` before and `BadLogin` after the password is read."""
    key = key_of(email)
    attempt = Attempt.of(email_key=key, ip=request.remote_addr or "")
    throttle().count(attempt)
    staff = authenticate(scope.session(), now=scope.now(), email_key=key, password=password)
    throttle().forgive(attempt)
    return staff


@blueprint.post("/logout")
@open_to_all
def logout() -> Response:
    if g.staff is not None:
        audit("staff.logout", object_type="staff", object_id=g.staff.id)
    close_session()
    scope.commit()
    return redirect(url_for("admin.login"))


@blueprint.post("/language")
@open_to_all
def choose_language() -> Response:
    """Remembers the language: for good with the account, else for the session."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if g.staff is not None:
            g.staff.language = chosen
            scope.commit()
    return redirect(local_path(request.form.get("next")))
