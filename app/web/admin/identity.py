"""Who is logged in: the cookie of a browser, and the row it names.

The signed cookie holds a random secret and nothing else about the account. What ends a session is
in `usecases/staff_sessions.py`; the row is looked up with each request.
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import g, request, session

from app.store.tables import Staff, StaffSession
from app.usecases import staff_sessions
from app.web import scope
from app.web.admin.known_device import remember_device

CODE_PATIENCE = timedelta(minutes=10)
"""How long after the password the code may follow."""

_KEY = "staff"
_ASKED = "asked"


def open_session(staff: Staff) -> None:
    """Starts a new session for somebody who has just proved who they are, on a device that is
    known from now on; the caller commits. Everything the old one held is dropped, its CSRF token
    included."""
    close_session()
    g.staff_session, session[_KEY] = staff_sessions.start_session(
        scope.session(),
        now=scope.now(),
        staff=staff,
        ip=request.remote_addr,
        user_agent=request.headers.get("User-Agent", ""),
    )
    g.staff = staff
    remember_device(staff)


def close_session() -> None:
    """Ends the session of this browser, its row too, so that a copy of the cookie opens nothing.
    The caller commits."""
    if g.get("staff_session") is not None:
        staff_sessions.end_session(
            scope.session(), staff=current_staff(), session_id=current_session().id
        )
    session.clear()
    g.staff = g.staff_session = None


def read_session(*, passive: bool) -> None:
    """Puts the account of this request's session into `g.staff`, or None; a cookie that opens
    nothing is emptied.

    A `passive` request, one that a page makes by itself, does not count as being there.
    """
    g.staff = g.staff_session = None
    secret = session.get(_KEY)
    if secret is None:
        return
    found = None
    if isinstance(secret, str):
        found = staff_sessions.open_session(scope.session(), now=scope.now(), secret=secret)
    if found is None:
        session.clear()
        return
    g.staff_session, g.staff = found
    if not passive and staff_sessions.note_seen(
        scope.session(), now=scope.now(), seen=g.staff_session, ip=request.remote_addr
    ):
        scope.session().commit()


def ask_for_code(staff: Staff, target: str) -> None:
    """Remembers in the cookie, for a few minutes, whose password was right and where they want to
    go. It opens nothing by itself."""
    session.clear()
    session[_ASKED] = {
        "id": staff.id,
        "version": staff.session_version,
        "at": int(scope.now().timestamp()),
        "target": target,
    }


def who_is_asked() -> tuple[Staff, str] | None:
    """Who has proved a password of late and owes a code, and where they want to go."""
    asked = session.get(_ASKED)
    if asked is None:
        return None
    staff = scope.session().get(Staff, asked["id"])
    if (
        staff is None
        or not staff.active
        or staff.session_version != asked["version"]
        or scope.now().timestamp() - asked["at"] > CODE_PATIENCE.total_seconds()
    ):
        session.pop(_ASKED)
        return None
    return staff, asked["target"]


def current_staff() -> Staff:
    """Who makes this request; only for views behind the guard."""
    assert g.staff is not None
    return cast("Staff", g.staff)


def current_session() -> StaffSession:
    """The session of this request; only for views behind the guard."""
    assert g.staff_session is not None
    return cast("StaffSession", g.staff_session)
