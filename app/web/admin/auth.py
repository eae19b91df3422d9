"""Logging in and out, and one's own account."""

from __future__ import annotations

from flask import (
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from app.domain.address import InvalidAddress, parse_address
from app.domain.staff import Role, WeakPassword
from app.store.tables import Staff
from app.usecases.manage_staff import BadLogin, authenticate, change_password, find_staff
from app.web import scope
from app.web.admin.blueprint import blueprint, local_path, needs, open_to_all
from app.web.admin.display import duration
from app.web.admin.forms.base import AdminForm
from app.web.admin.forms.login import PASSWORD_WORDS, LoginForm, PasswordForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import close_session, current_staff, open_session
from app.web.admin.record import audit
from app.web.admin.throttle import Attempt, Throttle, TooManyAttempts
from app.web.i18n import LANGUAGES

_EXTENSION = "nashra-throttle"


def _throttle() -> Throttle:
    """This process's counter, made on first use."""
    found = current_app.extensions.get(_EXTENSION)
    if found is None:
        found = current_app.extensions[_EXTENSION] = Throttle(scope.settings().redis_url)
    assert isinstance(found, Throttle)
    return found


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
        return _wait("admin/login.html", form, refusal)
    except BadLogin:
        # Only an account that exists is named: what was typed instead may be a password.
        known = find_staff(scope.session(), _key(form.email.data))
        audit("staff.login_failed", object_type="staff", object_id=known.id if known else None)
        scope.commit()
        return render_template("admin/login.html", form=form, refused=True), 401
    open_session(staff)
    audit("staff.login", object_type="staff", object_id=staff.id)
    scope.commit()
    return redirect(local_path(form.next.data))


def _prove(email: str, password: str) -> Staff:
    """Who this is. Raises `TooManyAttempts` before and `BadLogin` after the password is read."""
    attempt = Attempt.of(email_key=_key(email), ip=request.remote_addr or "")
    _throttle().count(attempt)
    staff = authenticate(scope.session(), now=scope.now(), email_key=_key(email), password=password)
    _throttle().forgive(attempt)
    return staff


@blueprint.post("/logout")
@open_to_all
def logout() -> Response:
    if g.staff is not None:
        audit("staff.logout", object_type="staff", object_id=g.staff.id)
        scope.commit()
    close_session()
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


@blueprint.route("/account", methods=["GET", "POST"])
@needs(Role.VIEWER)
def account() -> Response | tuple[str, int]:
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("admin/account.html", form=form), form.status
    staff = current_staff()
    attempt = Attempt.of(email_key=staff.email_key, ip=request.remote_addr or "")
    try:
        _throttle().count(attempt)
        change_password(scope.session(), staff=staff, current=form.current.data, new=form.new.data)
    except TooManyAttempts as refusal:
        return _wait("admin/account.html", form, refusal)
    except BadLogin:
        form.current.errors = [gettext("This is not your current password.")]
        return render_template("admin/account.html", form=form), 400
    except WeakPassword as refusal:
        form.refuse(form.new, PASSWORD_WORDS, refusal.code)
        return render_template("admin/account.html", form=form), 400
    _throttle().forgive(attempt)
    audit("staff.password", object_type="staff", object_id=staff.id)
    scope.commit()
    open_session(staff)
    flash(gettext("Your password is changed. All other sessions of this account have ended."))
    return redirect(url_for("admin.account"))


def _wait(template: str, form: AdminForm, refusal: TooManyAttempts) -> Response:
    page = render_template(template, form=form, wait=duration(refusal.seconds))
    return make_response(page, 429, {"Retry-After": str(refusal.seconds)})


def _key(email: str) -> str:
    """The key of what was typed; a malformed address is one that nobody has."""
    try:
        return parse_address(email).key
    except InvalidAddress:
        return email.casefold()
