"""The admin's blueprint and its guard: every route names the role it needs, or is refused.

The guard runs before each view: it reads the session, sends those who are not logged in to the
login page, and refuses those whose role is too low. A route without a role is an error of ours
and is closed to everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role, may
from app.web.admin.i18n import admin_domain
from app.web.admin.identity import read_session
from app.web.security import policy

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

_ROLE = "_needed_role"
_OPEN = "open"
_PASSIVE = "_passive"


def needs(role: Role) -> Callable[[View], View]:
    """Marks a view with the least role that may use it."""

    def mark(view: View) -> View:
        setattr(view, _ROLE, role)
        return view

    return mark


def open_to_all(view: View) -> View:
    """Marks a view that those who are not logged in may use."""
    setattr(view, _ROLE, _OPEN)
    return view


def passive(view: View) -> View:
    """Marks a view that pages call by themselves: it keeps no session alive."""
    setattr(view, _PASSIVE, True)
    return view


def needed_role(view: Callable[..., Any]) -> Role | None:
    """The role a view was marked with, None when it is open to all.

    Raises `LookupError` for a view that was marked with nothing.
    """
    marked = getattr(view, _ROLE, None)
    if marked is None:
        raise LookupError(f"{view.__name__} names no role")
    return None if marked == _OPEN else marked


@blueprint.before_request
def _guard() -> Response | None:
    admin_domain.as_default()
    view = current_app.view_functions[request.endpoint or ""]
    read_session(passive=getattr(view, _PASSIVE, False))
    needed = needed_role(view)
    if needed is None:
        return None
    if g.staff is None:
        return _to_login()
    if not may(g.staff.role, needed):
        abort(403)
    return None


def _to_login() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("admin.login", next=wanted))


@blueprint.after_request
def _protect(response: Response) -> Response:
    """Headers of every admin answer; a view that needs others sets them itself. A page whose
    address holds a token is passed on to nobody, and shows nothing from elsewhere."""
    headers = response.headers
    if "token" in (request.view_args or {}):
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
    return response


def local_path(target: str | None) -> str:
    """`target` if it is a page of the admin, else the admin's home.

    Only a plain absolute path counts: no scheme, no host, no `//`, no backslash or control
    character that a browser would read as one.
    """
    home = url_for("admin.home")
    if not target or not target.isprintable() or "\\" in target:
        return home
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not (target == home or target.startswith("/admin/")):
        return home
    if "/../" in target or target.endswith("/.."):
        return home
    return target
