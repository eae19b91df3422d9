"""Setting up one's own second step: an app that shows codes, and recovery codes on paper."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, make_response, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.domain.second_step import setup_uri
from app.domain.staff import Role
from app.usecases.manage_staff import BadLogin, check_own_password
from app.usecases.second_step import (
    AlreadyOn,
    WrongCode,
    begin_setup,
    confirm_setup,
    is_on,
    recovery_codes_left,
    renew_recovery_codes,
    turn_off,
    waiting_secret,
)
from app.usecases.staff_sessions import end_other_sessions
from app.web import scope
from app.web.admin.attempts import attempt_of, please_wait, throttle
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.base import AdminForm
from app.web.admin.forms.second_step import FirstCodeForm, ProofForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_session, current_staff
from app.web.admin.record import audit_and_warn
from app.web.admin.throttle import TooManyAttempts

_PAGE = "admin/second_step.html"


@blueprint.get("/account/second-step")
@needs(Role.VIEWER)
def second_step() -> Response:
    return _page(200)


@blueprint.post("/account/second-step/begin")
@needs(Role.VIEWER)
def begin_second_step() -> Response:
    form = ProofForm()
    if refused := _unproved(form):
        return refused
    try:
        begin_setup(scope.session(), scope.seal(), now=scope.now(), staff=current_staff())
    except AlreadyOn:
        return redirect(url_for("admin.second_step"))
    scope.commit()
    return redirect(url_for("admin.second_step"))


@blueprint.post("/account/second-step/confirm")
@needs(Role.VIEWER)
def confirm_second_step() -> Response:
    """The first code turns it on. The answer is the page with the recovery codes itself: they are
    kept nowhere to be shown after a redirect."""
    form, staff = FirstCodeForm(), current_staff()
    if not form.validate_on_submit():
        return _page(400, code_form=form)
    attempt = attempt_of(staff.email_key, staff, "code")
    try:
        throttle().count(attempt)
        codes = confirm_setup(
            scope.session(), scope.seal(), now=scope.now(), staff=staff, typed=form.code.data
        )
    except TooManyAttempts as refusal:
        return please_wait(_PAGE, refusal, **_context(code_form=form))
    except WrongCode:
        form.code.errors = [
            gettext("This is not the code of now. Look at the clock of your phone, and try again.")
        ]
        return _page(400, code_form=form)
    throttle().forgive(attempt)
    end_other_sessions(scope.session(), staff=staff, but=current_session().id)
    scope.commit(*audit_and_warn(staff, "staff.second_step_on"))
    return _page(200, codes=codes)


@blueprint.post("/account/second-step/codes")
@needs(Role.VIEWER)
def renew_codes() -> Response:
    form, staff = ProofForm(), current_staff()
    if refused := _unproved(form):
        return refused
    if not is_on(scope.session(), staff):
        return redirect(url_for("admin.second_step"))
    codes = renew_recovery_codes(scope.session(), staff=staff)
    scope.commit(*audit_and_warn(staff, "staff.recovery_codes"))
    return _page(200, codes=codes)


@blueprint.post("/account/second-step/off")
@needs(Role.VIEWER)
def turn_second_step_off() -> Response:
    form, staff = ProofForm(), current_staff()
    if refused := _unproved(form):
        return refused
    if turn_off(scope.session(), staff=staff):
        scope.commit(*audit_and_warn(staff, "staff.second_step_off"))
    flash(gettext("Your password alone opens your account again."))
    return redirect(url_for("admin.account"))


def _unproved(form: ProofForm) -> Response | None:
    """The page once more, unless the password was right."""
    if not form.validate_on_submit():
        return _page(400, proof=form)
    staff = current_staff()
    attempt = attempt_of(staff.email_key, staff)
    try:
        throttle().count(attempt)
        check_own_password(staff, form.password.data)
    except TooManyAttempts as refusal:
        return please_wait(_PAGE, refusal, **_context(proof=form))
    except BadLogin:
        form.password.errors = [gettext("This is not your current password.")]
        return _page(400, proof=form)
    throttle().forgive(attempt)
    return None


def _page(status: int, **more: Any) -> Response:
    return make_response(render_template(_PAGE, **_context(**more)), status)


def _context(
    *,
    proof: ProofForm | None = None,
    code_form: AdminForm | None = None,
    codes: tuple[str, ...] = (),
) -> dict[str, Any]:
    staff = current_staff()
    secret = waiting_secret(scope.session(), scope.seal(), staff=staff)
    uri = setup_uri(secret, account=staff.email, issuer=scope.brand().site_name) if secret else ""
    return {
        "on": is_on(scope.session(), staff),
        "left": recovery_codes_left(scope.session(), staff),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "uri": uri,
        "picture": _picture(uri) if uri else "",
        "proof": proof or ProofForm(formdata=None),
        "code_form": code_form or FirstCodeForm(formdata=None),
        "codes": codes,
    }


def _picture(uri: str) -> Markup:
    """The QR code as SVG: dark on white by day and by night, or phones cannot read it."""
    drawn = segno.make(uri, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 segno's own drawing; no text of anybody is in it
