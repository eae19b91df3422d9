"""Bounds for what staff may start only so often, since others must answer it: name servers, a
mail server. While Redis is away nothing is counted."""

from __future__ import annotations

from flask import current_app
from limits import RateLimitItemPerMinute

from app.web import scope
from app.web.admin.identity import current_staff
from app.web.limiter import Limiter

_EXTENSION = "nashra-slow"
_PER_MINUTE = RateLimitItemPerMinute(6, namespace="staff-slow")


def count(what: str) -> None:
    """Counts one start of `what` by whoever is logged in. Raises `app.web.limiter.TooMany`."""
    limiter = current_app.extensions.get(_EXTENSION)
    if limiter is None:
        limiter = current_app.extensions[_EXTENSION] = Limiter(scope.settings().redis_url)
    limiter.hit((_PER_MINUTE, f"{what}:{current_staff().id}"))
