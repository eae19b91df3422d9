"""Leaving: the one-click address of every mail, its page for people, and taking it back.

`POST /u/<token>` is the one-click of RFC 8058: no cookie, no login, no CSRF token; whoever
holds the token may leave, and a second time changes nothing. GET changes nothing at all.
"""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.domain.subscription import SubscriberState, may_undo
from app.links import BadToken
from app.store.tables import Subscriber
from app.usecases.consent import Wording
from app.usecases.manage_subscription import find_reader, take_back, unsubscribe
from app.web import scope
from app.web.i18n import gettext, language
from app.web.public.blueprint import origin, reader
from app.web.public.confirm import unknown_link
from app.web.public.mask import mask_address
from app.web.public.signup_form import CONSENT_VERSION, blank_form
from app.web.security import csrf

_ONE_CLICK = "List-Unsubscribe"


@reader.get("/u/<token>")
def leave(token: str) -> Response:
    try:
        reading = scope.links().read_unsubscribe(token)
    except BadToken:
        return unknown_link()
    found = find_reader(scope.session(), reading.subscriber_id)
    if found is None or found.state is not SubscriberState.ACTIVE:
        return _left(token, found)
    page = render_template("public/leave.html", token=token, address=mask_address(found.email))
    return make_response(page)


@reader.post("/u/<token>")
def leave_at_once(token: str) -> Response:
    """Answers 200 and never redirects, whether a mail program or the page's button asks."""
    try:
        reading = scope.links().read_unsubscribe(token)
    except BadToken:
        return unknown_link()
    one_click = _ONE_CLICK in request.form
    place = "one-click" if one_click else "leaving page"
    found = unsubscribe(scope.session(), now=scope.now(), token=reading, origin=origin(place))
    scope.commit()
    if one_click:
        return make_response("OK\n", 200, {"Content-Type": "text/plain; charset=utf-8"})
    return _left(token, found)


csrf.exempt(leave_at_once)


@reader.post("/u/<token>/undo")
def come_back(token: str) -> Response:
    try:
        reading = scope.links().read_unsubscribe(token)
    except BadToken:
        return unknown_link()
    found = take_back(
        scope.session(),
        now=scope.now(),
        token=reading,
        origin=origin("taken back on the leaving page"),
        wording=Wording(text=come_back_words(), version=f"{CONSENT_VERSION}-{language()}"),
    )
    scope.commit()
    if found is None or found.state is not SubscriberState.ACTIVE:
        return _left(token, found, code=409)
    preferences = scope.links().preferences_url(found.id)
    page = render_template(
        "public/confirmed.html",
        already=False,
        reader=found,
        preferences_url=preferences.removeprefix(scope.settings().base_url),
    )
    return make_response(page)


def come_back_again(token: str) -> Response:
    """The page once more after its CSRF token has expired."""
    try:
        reading = scope.links().read_unsubscribe(token)
    except BadToken:
        return unknown_link()
    return _left(token, find_reader(scope.session(), reading.subscriber_id), code=400)


def come_back_words() -> str:
    return str(gettext("Keep me subscribed"))


def _left(token: str, found: Subscriber | None, *, code: int = 200) -> Response:
    """The page after leaving; somebody who is gone altogether sees the same one."""
    page = render_template(
        "public/left.html",
        token=token,
        undo=found is not None
        and may_undo(state=found.state, left_at=found.left_at, now=scope.now()),
        undo_words=come_back_words(),
        retry=code == 400,
        form=blank_form(),
    )
    return make_response(page, code)
