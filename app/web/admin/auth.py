"""Logging in and out, and the language of these pages."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.store.tables import Staff
from app.usecases.manage_staff import BadLogin, authenticate, find_staff
from app.usecases.second_step import Opened, WrongCode, is_on, recovery_codes_left, take_code
from app.usecases.warn_staff import was_used_before
from app.web import scope
from app.web.admin.attempts import attempt_of, key_of, please_wait, throttle
from app.web.admin.blueprint import blueprint, local_path, open_to_all
from app.web.admin.display import number
from app.web.admin.forms.login import LoginForm
from app.web.admin.forms.second_step import CodeForm
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.identity import ask_for_code, close_session, open_session, who_is_asked
from app.web.admin.known_device import device_known_to
from app.web.admin.record import audit, audit_and_warn, this_device
from app.web.admin.throttle import TooManyAttempts
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
    if is_on(scope.session(), staff):
        scope.commit()
        ask_for_code(staff, local_path(form.next.data))
        return redirect(url_for("admin.login_code"))
    return let_in(staff, local_path(form.next.data))


def let_in(staff: Staff, target: str, **how: str) -> Response:
    """Opens the session of somebody whose proofs are complete; commits. A device that the account
    does not know is told to its owner by mail, but for the very first login."""
    is_news = not device_known_to(staff) and was_used_before(scope.session(), staff)
    open_session(staff)
    if is_news:
        scope.commit(*audit_and_warn(staff, "staff.login", **how, new_device=True))
    else:
        audit("staff.login", object_type="staff", object_id=staff.id, **how, **this_device())
        scope.commit()
    return redirect(target)


@blueprint.route("/login/code", methods=["GET", "POST"])
@open_to_all
def login_code() -> Response | tuple[str, int]:
    """The second step: a code of the app, or a recovery code."""
    asked = who_is_asked()
    if asked is None:
        return redirect(url_for("admin.login"))
    staff, target = asked
    form = CodeForm()
    page = "admin/login_code.html"
    if not form.validate_on_submit():
        return render_template(page, form=form), form.status
    attempt = attempt_of(staff.email_key, staff, "code")
    try:
        throttle().count(attempt)
        opened = take_code(
            scope.session(), scope.seal(), now=scope.now(), staff=staff, typed=form.code.data
        )
    except TooManyAttempts as refusal:
        return please_wait(page, refusal, form=form)
    except WrongCode:
        audit("staff.code_failed", object_type="staff", object_id=staff.id)
        scope.commit()
        form.code.errors = [
            gettext(
                "This is not a code that opens your account now. Type the one that the app shows, "
                "or a recovery code not used yet."
            )
        ]
        return render_template(page, form=form), 401
    throttle().forgive(attempt)
    answer = let_in(staff, target, code=opened.value)
    if opened is Opened.RECOVERY:  # After the old session was emptied, or it were not told.
        left = recovery_codes_left(scope.session(), staff)
        flash(
            ngettext(
                "A recovery code is used up. One is left.",
                "A recovery code is used up. %(number)s are left.",
                left,
                number=number(left),
            )
        )
    return answer


def _prove(email: str, password: str) -> Staff:
    """Who this is. Raises `TooManyAttempts` before and `BadLogin` after the password is read."""
    key = key_of(email)
    attempt = attempt_of(key, find_staff(scope.session(), key))
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
