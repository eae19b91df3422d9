"""Logging in with a passkey: a script asks the device, and the answer opens the session."""

from __future__ import annotations

from flask import jsonify, make_response, request
from werkzeug.wrappers import Response

from app.usecases import passkeys as use
from app.usecases.passkeys import BadPasskey
from app.web import scope
from app.web.admin.attempts import throttle
from app.web.admin.auth import let_in
from app.web.admin.blueprint import blueprint, local_path, open_to_all
from app.web.admin.forms.passkey import SignedForm
from app.web.admin.i18n import gettext
from app.web.admin.passkeys import please_wait_a_little, refusal, this_site
from app.web.admin.record import audit
from app.web.admin.throttle import Attempt, TooManyAttempts


@blueprint.post("/login/passkey/begin")
@open_to_all
def begin_passkey_login() -> Response:
    """What the device is to sign; the same for everybody, since nobody is named."""
    try:
        _count()
    except TooManyAttempts as wait:
        return please_wait_a_little(wait)
    asked = use.ask_to_log_in(scope.session(), now=scope.now(), site=this_site())
    scope.commit()
    return make_response(asked, 200, {"Content-Type": "application/json"})


@blueprint.post("/login/passkey")
@open_to_all
def passkey_login() -> Response:
    form = SignedForm()
    if not form.validate_on_submit():
        return refusal(gettext("The device has given no answer. Please try again."))
    try:
        _count()
        staff, key = use.log_in(
            scope.session(), now=scope.now(), site=this_site(), answer=form.answer.data
        )
    except TooManyAttempts as wait:
        return please_wait_a_little(wait)
    except BadPasskey:
        audit("staff.passkey_failed", object_type="staff")
        scope.commit()  # What was asked is used up.
        return refusal(gettext("This passkey opens no account here."), 401)
    target = local_path(request.form.get("next"))
    let_in(staff, target, passkey=key.name)
    return jsonify(to=target)


def _count() -> None:
    """By network alone, since nobody is named yet. Raises `TooManyAttempts`."""
    throttle().count(Attempt.of(email_key="", ip=request.remote_addr or "", purpose="passkey"))
