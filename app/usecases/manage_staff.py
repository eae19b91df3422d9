"""Staff accounts: adding one, proving who somebody is, and changing a password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.address import parse_address
from app.domain.staff import Role, WeakPassword, check_password
from app.store.tables import Staff

NO_PASSWORD = ""
"""In the place of a hash: an account that was invited has none yet, and nothing matches it."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


class StaffExists(Exception):
    """Somebody with this address is on the staff already."""


class StaffMissing(Exception):
    """Nobody with this address is on the staff."""


class BadLogin(Exception):
    """Address and password do not belong together, or the account is closed."""


def add_staff(
    session: Session, *, now: datetime, email: str, password: str, role: Role, name: str = ""
) -> Staff:
    """A new account, flushed.

    Raises `InvalidAddress`, `WeakPassword` or `StaffExists`.
    """
    address = parse_address(email)
    check_password(password, email_key=address.key)
    if session.scalar(select(Staff.id).where(Staff.email_key == address.key)) is not None:
        raise StaffExists(address.key)
    staff = Staff(
        email=address.email,
        email_key=address.key,
        name=name,
        password_hash=_HASHER.hash(password),
        role=role,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    return staff


def authenticate(session: Session, *, now: datetime, email_key: str, password: str) -> Staff:
    """Whose address and password these are; notes the login.

    The same argon2id work is done for an unknown address, a closed account, one without a password
    and a wrong password, so that the time of the answer tells nothing. Raises `BadLogin`.
    """
    decoy = _decoy()
    staff = find_staff(session, email_key)
    usable = staff is not None and staff.active and staff.password_hash != NO_PASSWORD
    stored = staff.password_hash if staff is not None and usable else decoy
    if not _matches(stored, password) or staff is None or not usable:
        raise BadLogin
    if _HASHER.check_needs_rehash(stored):
        staff.password_hash = _HASHER.hash(password)
    staff.logged_in_at = now
    return staff


def change_password(session: Session, *, staff: Staff, current: str, new: str) -> None:
    """Sets a new password for somebody who knows the current one, and ends all their sessions.

    Raises `BadLogin` when `current` is wrong, `WeakPassword` when `new` is refused.
    """
    check_own_password(staff, current)
    if new == current:
        raise WeakPassword("unchanged")
    set_password(session, staff, new)


def check_own_password(staff: Staff, password: str) -> None:
    """Whoever is logged in proves once more who they are, before something that could lock the
    account's owner out. Raises `BadLogin`."""
    if staff.password_hash == NO_PASSWORD or not _matches(staff.password_hash, password):
        raise BadLogin


def reset_password(session: Session, *, email: str, new: str) -> Staff:
    """Sets a new password on an operator's word, and ends all sessions of the account.

    Raises `InvalidAddress`, `StaffMissing` or `WeakPassword`.
    """
    staff = find_staff(session, parse_address(email).key)
    if staff is None:
        raise StaffMissing(email)
    set_password(session, staff, new)
    return staff


def find_staff(session: Session, email_key: str) -> Staff | None:
    if "\0" in email_key:  # PostgreSQL's text cannot hold it, so nobody has it
        return None
    return session.scalar(select(Staff).where(Staff.email_key == email_key))


def list_staff(session: Session) -> Sequence[Staff]:
    """Everybody, by address."""
    return session.scalars(select(Staff).order_by(Staff.email_key)).all()


def set_password(session: Session, staff: Staff, new: str) -> None:
    """Sets a password on whatever proof the caller has asked for; every session and every mailed
    link of the account ends. Raises `WeakPassword`."""
    check_password(new, email_key=staff.email_key)
    staff.password_hash = _HASHER.hash(new)
    staff.invited_at = None  # Whoever has a password has joined.
    end_everything(session, staff)


def end_everything(session: Session, staff: Staff) -> None:
    """Ends every session and every mailed link of the account."""
    # Locked, so that of two changes at once each raises the version.
    session.flush()
    session.refresh(staff, with_for_update=True)
    staff.session_version += 1
    session.flush()


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except VerificationError:
        return False


@cache
def _decoy() -> str:
    """A hash that nobody's password has, for equal work."""
    return _HASHER.hash("")
