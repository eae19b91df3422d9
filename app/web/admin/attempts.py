"""Attempts to prove who one is, as views see them: one counter a process, and the page that asks
to wait."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from app.domain.address import InvalidAddress, parse_address
from app.store.tables import Staff
from app.web import scope
from app.web.admin.display import duration
from app.web.admin.known_device import device_known_to
from app.web.admin.throttle import Attempt, Purpose, Throttle, TooManyAttempts

_EXTENSION = "nashra-throttle"


def throttle() -> Throttle:
    """This process's counter, made on first use."""
    found = current_app.extensions.get(_EXTENSION)
    if found is None:
        found = current_app.extensions[_EXTENSION] = Throttle(scope.settings().redis_url)
    assert isinstance(found, Throttle)
    return found


def attempt_of(email_key: str, staff: Staff | None, purpose: Purpose = "proof") -> Attempt:
    """The try of this request, for the account that was typed; `staff` is whose that is, if
    anybody's."""
    return Attempt.of(
        email_key=email_key,
        ip=request.remote_addr or "",
        purpose=purpose,
        device=device_known_to(staff),
    )


def please_wait(template: str, refusal: TooManyAttempts, **context: Any) -> Response:
    """The page of the form with the time to wait, which `template` shows as `wait`."""
    page = render_template(template, wait=duration(refusal.seconds), **context)
    return make_response(page, 429, {"Retry-After": str(refusal.seconds)})


def key_of(email: str) -> str:
    """The key of what was typed; a malformed address is one that nobody has."""
    try:
        return parse_address(email).key
    except InvalidAddress:
        return email.casefold()
