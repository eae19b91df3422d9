"""Signing up. The answer is the same for every address, known or not."""

from __future__ import annotations

from typing import cast

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.usecases.sign_up import Asked, request_signup
from app.web import scope
from app.web.i18n import gettext, language
from app.web.limiter import TooMany
from app.web.public.blueprint import origin, public
from app.web.public.limits import SignupLimits
from app.web.public.signup_form import SignupForm, blank_form

LIMITS = "nashra-signup-limits"
_PLACE = "sign-up form"


@public.route("/subscribe", methods=["GET", "POST"])
def subscribe() -> Response:
    if request.method != "POST":
        return signup_page(blank_form())
    form = SignupForm()
    if not form.validate() or form.address is None:
        return signup_page(form, code=422)
    try:
        ask(form, place=_PLACE)
    except TooMany as refusal:
        return too_many(form, refusal)
    return redirect(url_for("public.subscribed"), 303)


def ask(form: SignupForm, *, place: str) -> None:
    """Writes what a valid form asks for, commits it, and has its mail sent; `place` is where the
    form stood. Raises `TooMany`."""
    assert form.address is not None
    limits = cast("SignupLimits", current_app.extensions[LIMITS])
    limits.count(ip=request.remote_addr or "", domain=form.address.key.rpartition("@")[2])
    asked = Asked(
        address=form.address,
        choice=form.choice,
        timezone=form.timezone,
        language=language(),
        wording=form.consent,
        origin=origin(place),
    )
    notice = request_signup(scope.session(), now=scope.now(), links=scope.links(), asked=asked)
    scope.commit((queue.SEND_NOTICE, notice.id))


def too_many(form: SignupForm, refusal: TooMany) -> Response:
    """The form again with what was typed, and when to come back."""
    page = signup_page(form, code=429, message=busy_words())
    page.headers["Retry-After"] = str(refusal.seconds)
    return page


def busy_words() -> str:
    return str(gettext("Many sign-ups come in just now. Please try again in a while."))


@public.get("/subscribed")
def subscribed() -> str:
    return render_template("public/subscribed.html")


def subscribe_again() -> Response:
    """The form once more after its CSRF token has expired, with everything that was typed."""
    form = SignupForm()
    form.validate()
    form.stamp.errors = []
    waited = gettext("This page had waited for too long. Please press the button once more.")
    return signup_page(form, code=400, message=waited)


def signup_page(form: SignupForm, *, code: int = 200, message: str = "") -> Response:
    messages = [message, *form.stamp.errors, *form.website.errors]
    shown = next((one for one in messages if one), "")
    page = render_template("public/subscribe.html", form=form, message=shown)
    return make_response(page, code)
