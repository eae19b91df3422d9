"""Who is logged in: the staff part of the signed session cookie, and what ends it.

The cookie holds the account's id, the session version it was opened under, and two times. A
version that rose since (a password change), an account that was closed, too long without a
request or too long altogether: any of these ends the session.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from flask import g, session

from app.store.tables import Staff
from app.web import scope

IDLE = timedelta(hours=8)
"""Longest time between two requests: a shift."""

ABSOLUTE = timedelta(days=7)
"""Longest life of a session, however busy."""

_REFRESH = timedelta(minutes=1)
_KEY = "staff"


def open_session(staff: Staff) -> None:
    """Starts a new session for somebody who has just proved who they are. Everything the old
    one held is dropped, its CSRF token included."""
    session.clear()
    moment = int(scope.now().timestamp())
    session[_KEY] = {
        "id": staff.id,
        "version": staff.session_version,
        "since": moment,
        "seen": moment,
    }
    g.staff = staff


def close_session() -> None:
    session.clear()
    g.staff = None


def read_session(*, passive: bool) -> Staff | None:
    """The account of this request's session, or None; an ended session is emptied.

    A `passive` request, one that a page makes by itself, does not count as being there.
    """
    values = session.get(_KEY)
    if values is None:
        return None
    now = scope.now()
    since, seen = _time(values["since"]), _time(values["seen"])
    staff = scope.session().get(Staff, values["id"])
    if (
        staff is None
        or not staff.active
        or staff.session_version != values["version"]
        or now - seen > IDLE
        or now - since > ABSOLUTE
    ):
        session.clear()
        return None
    if not passive and now - seen >= _REFRESH:
        session[_KEY] = values | {"seen": int(now.timestamp())}
    return staff


def current_staff() -> Staff:
    """Who makes this request; only for views behind the guard."""
    assert g.staff is not None
    return cast("Staff", g.staff)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
