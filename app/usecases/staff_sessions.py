"""The browsers that the staff are logged in with: opened by a login, listed, ended one by one.

A cookie alone opens nothing. It names a row by a random secret, and the row has to be there, to
be of the account's present version, and to be young enough; so a cookie that was copied dies with
the logout of its owner.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from app.store.tables import Staff, StaffSession

IDLE = timedelta(hours=8)
"""Longest time between two requests: a shift."""

ABSOLUTE = timedelta(days=7)
"""Longest life of a session, however busy."""

NOTE_EVERY = timedelta(minutes=1)
"""A busy browser writes its row no more often."""

_LONGEST_AGENT = 400


def start_session(
    session: Session, *, now: datetime, staff: Staff, ip: str | None, user_agent: str
) -> tuple[StaffSession, str]:
    """A new row and its secret, which is kept nowhere but in the cookie. Rows of the account that
    open nothing any more go at the same time."""
    session.execute(
        delete(StaffSession).where(StaffSession.staff_id == staff.id, ~_open(now, staff))
    )
    secret = secrets.token_urlsafe(32)
    made = StaffSession(
        staff_id=staff.id,
        secret_hash=_hash(secret),
        version=staff.session_version,
        opened_at=now,
        seen_at=now,
        ip=ip,
        user_agent=user_agent.replace("\0", "")[:_LONGEST_AGENT],
    )
    session.add(made)
    session.flush()
    return made, secret


def open_session(
    session: Session, *, now: datetime, secret: str
) -> tuple[StaffSession, Staff] | None:
    """The session of this secret and whose it is, if it still opens anything."""
    found = session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.secret_hash == _hash(secret), Staff.active)
        .where(StaffSession.version == Staff.session_version, *_young(now))
    ).one_or_none()
    return (found[0], found[1]) if found is not None else None


def note_seen(session: Session, *, now: datetime, seen: StaffSession, ip: str | None) -> bool:
    """Notes that this browser is in use and from where; whether there was anything to write."""
    if now - seen.seen_at < NOTE_EVERY:
        return False
    session.execute(
        update(StaffSession).where(StaffSession.id == seen.id).values(seen_at=now, ip=ip)
    )
    return True


def list_sessions(session: Session, *, now: datetime, staff: Staff) -> Sequence[StaffSession]:
    """Those that are open, the one used last first."""
    return session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff.id, _open(now, staff))
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    ).all()


def end_session(session: Session, *, staff: Staff, session_id: int) -> bool:
    """Ends one session of this account; whether there was one. May be repeated."""
    return _end(session, StaffSession.staff_id == staff.id, StaffSession.id == session_id) > 0


def end_other_sessions(session: Session, *, staff: Staff, but: int) -> int:
    """Ends all sessions of the account except one; how many rows went."""
    return _end(session, StaffSession.staff_id == staff.id, StaffSession.id != but)


def _end(session: Session, *which: ColumnElement[bool]) -> int:
    return len(session.scalars(delete(StaffSession).where(*which).returning(StaffSession.id)).all())


def _open(now: datetime, staff: Staff) -> ColumnElement[bool]:
    return and_(StaffSession.version == staff.session_version, *_young(now))


def _young(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return StaffSession.seen_at >= now - IDLE, StaffSession.opened_at >= now - ABSOLUTE


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
