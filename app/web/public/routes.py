"""Hangs the public pages into the application, and catches expired forms."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from app.bursts import Bursts
from app.config import Settings
from app.web.public import (
    archive,
    brand_style,
    click,
    feed,
    for_robots,
    front,
    health,
    hub,
    logo,
    metrics,
    pictures,
    samples,
    web_version,
)
from app.web.public.blueprint import public, reader
from app.web.public.confirm import confirm_again
from app.web.public.embed import embed
from app.web.public.leave import come_back_again
from app.web.public.limits import SignupLimits
from app.web.public.preferences import preferences_again
from app.web.public.signup import LIMITS, subscribe_again

VIEWS = (
    archive,
    brand_style,
    click,
    feed,
    for_robots,
    front,
    health,
    hub,
    logo,
    metrics,
    pictures,
    samples,
    web_version,
)

_AGAIN: dict[str, Callable[..., Response]] = {
    "public.subscribe": subscribe_again,
    "reader.confirm": confirm_again,
    "reader.come_back": come_back_again,
    "reader.preferences": preferences_again,
}
"""What shows a form again, with what was typed in it, when its CSRF token is too old."""


def register(app: Flask, settings: Settings) -> None:
    app.extensions[LIMITS] = SignupLimits(settings.redis_url)
    app.extensions[click.BURSTS] = Bursts(settings)
    app.register_blueprint(public)
    app.register_blueprint(reader)
    app.register_blueprint(embed)
    app.register_error_handler(CSRFError, _expired)


def _expired(error: CSRFError) -> Response | tuple[str, int]:
    again = _AGAIN.get(request.endpoint or "")
    if again is not None:
        return again(**(request.view_args or {}))
    return error  # type: ignore[no-any-return]  # the page for 400
