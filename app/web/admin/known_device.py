"""Browsers that have logged in before: a signed cookie that outlives the session.

It opens nothing. A login without it is told to the account's owner by mail; and with it somebody
is not locked out by strangers who guess at the same account, since its tries are counted apart
(OWASP's device cookies). Whatever raises the account's version ends it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.store.tables import Staff
from app.web import scope

COOKIE = "nashra_device"
LIFE = timedelta(days=400)
"""Longer than any holiday; browsers keep no cookie for more than 400 days."""

_MOST = 12
"""Accounts that share one browser; the one used longest ago is forgotten."""


def device_known_to(staff: Staff | None) -> str:
    """The random name under which this browser has logged in to the account, empty for none."""
    name, version = _read().get(str(staff.id), ("", 0)) if staff is not None else ("", 0)
    return name if staff is not None and version == staff.session_version else ""


def remember_device(staff: Staff) -> None:
    """The answer to this request carries the cookie. To be called when the account's version is
    what it stays."""
    known, number = _read(), str(staff.id)
    known.pop(number, None)
    kept = dict(list(known.items())[-(_MOST - 1) :])
    kept[number] = (secrets.token_urlsafe(12), staff.session_version)
    value = _serializer().dumps(kept)

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            value,
            max_age=LIFE,
            path="/admin",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _read() -> dict[str, tuple[str, int]]:
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return {}
    try:
        known: dict[str, Any] = _serializer().loads(cookie, max_age=int(LIFE.total_seconds()))
    except BadSignature:
        return {}
    return {number: (str(name), int(version)) for number, (name, version) in known.items()}


def _serializer() -> URLSafeTimedSerializer:
    # The last key signs, the others are believed.
    keys = list(reversed(scope.settings().secret_keys))
    return URLSafeTimedSerializer(keys, salt="known device of the staff")
