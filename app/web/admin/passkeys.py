"""One's own passkeys: listed, added by a script that speaks with the device, named, removed."""

from __future__ import annotations

from flask import flash, jsonify, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.usecases import passkeys as use
from app.usecases.manage_staff import BadLogin, check_own_password
from app.usecases.passkeys import BadPasskey, TooManyPasskeys
from app.web import scope
from app.web.admin.attempts import attempt_of, throttle
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import duration
from app.web.admin.forms.passkey import NamedAnswerForm, NewPasskeyForm, PasskeyNameForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.record import audit, audit_and_warn
from app.web.admin.throttle import TooManyAttempts


@blueprint.get("/account/passkeys")
@needs(Role.VIEWER)
def passkeys() -> str:
    return render_template(
        "admin/passkeys.html",
        passkeys=use.list_passkeys(scope.session(), current_staff()),
        form=NewPasskeyForm(),
        most=use.MOST_PASSKEYS,
    )


@blueprint.post("/account/passkeys/begin")
@needs(Role.VIEWER)
def begin_passkey() -> Response:
    """For the script: what the device is to do, once name and password are right."""
    form, staff = NewPasskeyForm(), current_staff()
    if not form.validate_on_submit():
        return refusal(" ".join(str(error) for errors in form.errors.values() for error in errors))
    attempt = attempt_of(staff.email_key, staff)
    try:
        throttle().count(attempt)
        check_own_password(staff, form.password.data)
        asked = use.ask_to_register(scope.session(), now=scope.now(), site=this_site(), staff=staff)
    except TooManyAttempts as wait:
        return please_wait_a_little(wait)
    except BadLogin:
        return refusal(gettext("This is not your current password."))
    except TooManyPasskeys:
        return refusal(gettext("There is no room for another passkey. Remove one first."))
    throttle().forgive(attempt)
    scope.commit()
    return make_response(asked, 200, {"Content-Type": "application/json"})


@blueprint.post("/account/passkeys/add")
@needs(Role.VIEWER)
def add_passkey() -> Response:
    form, staff = NamedAnswerForm(), current_staff()
    if not form.validate_on_submit():
        return refusal(gettext("The device has given no answer. Please try again."))
    try:
        made = use.register(
            scope.session(),
            now=scope.now(),
            site=this_site(),
            staff=staff,
            answer=form.answer.data,
            name=form.name.data.strip(),
        )
    except BadPasskey:
        scope.commit()  # What was asked is used up.
        return refusal(gettext("This answer of the device proves nothing. Please try again."))
    scope.commit(*audit_and_warn(staff, "staff.passkey_add", name=made.name))
    flash(gettext("From now on “%(name)s” opens your account without a password.", name=made.name))
    return jsonify(to=url_for("admin.passkeys"))


@blueprint.post("/account/passkeys/<int:passkey_id>/rename")
@needs(Role.VIEWER)
def rename_passkey(passkey_id: int) -> Response:
    form, staff = PasskeyNameForm(), current_staff()
    if not form.validate_on_submit():
        flash(gettext("A passkey needs a name of at most 60 characters."))
        return redirect(url_for("admin.passkeys"))
    key = use.rename(
        scope.session(), staff=staff, passkey_id=passkey_id, name=form.name.data.strip()
    )
    audit("staff.passkey_rename", object_type="staff", object_id=staff.id, name=key.name)
    scope.commit()
    flash(gettext("It is called “%(name)s” now.", name=key.name))
    return redirect(url_for("admin.passkeys"))


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
@needs(Role.VIEWER)
def remove_passkey(passkey_id: int) -> Response:
    staff = current_staff()
    gone = use.remove(scope.session(), staff=staff, passkey_id=passkey_id)
    scope.commit(*audit_and_warn(staff, "staff.passkey_remove", name=gone.name))
    flash(gettext("“%(name)s” opens nothing any more.", name=gone.name))
    return redirect(url_for("admin.passkeys"))


def this_site() -> use.Site:
    """What keys are bound to: BASE_URL, whatever the request says about its host."""
    return use.Site.of(scope.settings().base_url, scope.brand().site_name)


def refusal(words: str, status: int = 400) -> Response:
    """For the script: what to show beside the button."""
    return make_response(jsonify(error=words), status)


def please_wait_a_little(wait: TooManyAttempts) -> Response:
    return refusal(
        gettext("Too many attempts. Try again in %(time)s.", time=duration(wait.seconds)), 429
    )
