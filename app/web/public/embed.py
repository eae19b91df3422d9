"""The sign-up box on other web sites: in a frame, or as a form of theirs that is sent here.

Nothing here looks at a cookie or sets one. In the place of a CSRF token stands the browser's word
on which site the form was on (`Origin`): only allowed sites count. From anywhere else what was
typed comes back in our own form, to be sent once more. As everywhere, asking changes no reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.widget import Size, Theme
from app.usecases.manage_origins import origin_names
from app.web import scope
from app.web.i18n import gettext
from app.web.limiter import TooMany
from app.web.public.signup import ask, busy_words, signup_page, too_many
from app.web.public.signup_form import SignupForm
from app.web.public.stamp import make_stamp
from app.web.security import csrf, policy

embed = Blueprint("embed", __name__, url_prefix="/embed")

_FRAMED = {"embed.box", "embed.ask_in_box", "embed.thanks"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How the box is drawn: what the address of the frame says, or the usual."""

    size: Size
    theme: Theme


@embed.get("")
def box() -> str:
    return _box(_blank())


@embed.post("")
@csrf.exempt
def ask_in_box() -> Response:
    """The form of the frame, sent by the frame itself."""
    form = SignupForm(meta={"csrf": False})
    is_whole = form.validate()
    if _sent_from() not in _own():
        return make_response(_box(form, message=_elsewhere()), 403)
    if not is_whole:
        return make_response(_box(form, message=_faults(form)), 422)
    try:
        ask(form, place="box in a frame")
    except TooMany as refusal:
        page = make_response(_box(form, message=busy_words()), 429)
        page.headers["Retry-After"] = str(refusal.seconds)
        return page
    look = _look()
    return redirect(url_for("embed.thanks", size=look.size.value, theme=look.theme.value), 303)


@embed.get("/thanks")
def thanks() -> str:
    return render_template("public/embed_thanks.html", look=_look())


@embed.post("/form")
@csrf.exempt
def ask_from_form() -> Response:
    """A form on a page of somebody else. It holds no stamp: its page may be a file."""
    form = SignupForm(meta={"csrf": False}, stamp=None)
    del form.stamp
    sent_from = _sent_from()
    if sent_from in (*_own(), *origin_names(scope.session())):
        if form.validate():
            try:
                ask(form, place=f"form on {sent_from}"[:200])
            except TooMany as refusal:
                return too_many(_our_form(), refusal)
            return redirect(url_for("public.subscribed"), 303)
        return signup_page(_our_form(), code=422)
    return signup_page(_our_form(), code=403, message=_elsewhere())


def _our_form() -> SignupForm:
    """Our own form with what was typed in theirs, ready to be sent from here."""
    form = SignupForm()
    form.validate()
    form.stamp.data, form.stamp.errors = make_stamp(scope.settings(), scope.now()), []
    return form


def _blank() -> SignupForm:
    form = SignupForm(formdata=None, meta={"csrf": False})
    form.stamp.data = make_stamp(scope.settings(), scope.now())
    return form


def _box(form: SignupForm, *, message: str = "") -> str:
    return render_template("public/embed.html", form=form, look=_look(), message=message)


def _faults(form: SignupForm) -> str:
    """What is wrong with the parts that nobody sees."""
    return next((str(one) for one in (*form.stamp.errors, *form.website.errors)), "")


def _elsewhere() -> str:
    return str(
        gettext("This form stands on a page that we do not know. Please press the button here.")
    )


def _look() -> Look:
    return Look(
        size=Size.read(request.args.get("size", "")),
        theme=Theme.read(request.args.get("theme", "")),
    )


def _own() -> tuple[str, str]:
    """This site as links name it and as this browser does, whose Host was looked at before."""
    return scope.links().origin, request.host_url.rstrip("/").lower()


def _sent_from() -> str:
    """The site whose page sent this form, as the browser says; "" where it does not."""
    return request.headers.get("Origin", "").lower()


@embed.after_request
def _protect(response: Response) -> Response:
    """Frames on the allowed sites and on our own; every other page of this room in none."""
    if request.endpoint in _FRAMED:
        ancestors = " ".join(["'self'", *origin_names(scope.session())])
        response.headers["Content-Security-Policy"] = policy(ancestors=ancestors)
        response.headers["X-Robots-Tag"] = "noindex"
    return response
