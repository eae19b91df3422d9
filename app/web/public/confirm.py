"""The page behind the link of a confirmation mail: one button, and what came of it.

Opening the link changes nothing, since mail scanners open links; pressing the button confirms.
"""

from __future__ import annotations

from datetime import timedelta

from flask import make_response, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.domain.subscription import Verdict
from app.links import BadToken
from app.usecases.sign_up import Confirmation, confirm_signup, look_at_signup
from app.web import scope
from app.web.i18n import gettext
from app.web.public.blueprint import origin, reader
from app.web.public.signup_form import blank_form

_PLACE = "confirmation page"
_CODES = {Verdict.EXPIRED: 410, Verdict.WITHDRAWN: 410}


@reader.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Response:
    try:
        signup_id = scope.links().read_confirm(token)
    except BadToken:
        return unknown_link()
    lifetime = timedelta(days=scope.settings().confirm_days)
    if request.method != "POST":
        found = look_at_signup(
            scope.session(), now=scope.now(), signup_id=signup_id, lifetime=lifetime
        )
        return _ask() if found.verdict is Verdict.CONFIRMS else _show(found)
    found = confirm_signup(
        scope.session(),
        now=scope.now(),
        signup_id=signup_id,
        lifetime=lifetime,
        origin=origin(_PLACE),
    )
    scope.commit()
    return _show(found)


def confirm_again(**_token: str) -> Response:
    """The button once more after its CSRF token has expired."""
    return _ask(gettext("This page had waited for too long. Please press the button once more."))


def unknown_link() -> Response:
    """A link that we did not make, or that was damaged on the way."""
    return make_response(render_template("public/link_unknown.html", form=blank_form()), 404)


def _ask(message: str = "") -> Response:
    page = render_template("public/confirm.html", form=FlaskForm(), message=message)
    return make_response(page, 400 if message else 200)


def _show(found: Confirmation) -> Response:
    if found.verdict in _CODES:
        page = render_template(
            "public/link_over.html", verdict=found.verdict.value, form=blank_form()
        )
        return make_response(page, _CODES[found.verdict])
    assert found.reader is not None
    page = render_template(
        "public/confirmed.html",
        already=found.verdict is Verdict.ALREADY,
        reader=found.reader,
        preferences_url=_preferences_path(found.reader.id),
    )
    return make_response(page)


def _preferences_path(subscriber_id: int) -> str:
    return scope.links().preferences_url(subscriber_id).removeprefix(scope.settings().base_url)
