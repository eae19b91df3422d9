"""Inviting somebody to the staff by mail: the invitation, once more, withdrawn, accepted.

An invited account has a role and no password. The link in the mail is bound to the account's
version, so it works once, and the one of an earlier mail ends when the next is asked for.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.address import parse_address
from app.domain.notice import NoticeKind
from app.domain.staff import INVITATION_LIFE, Role
from app.links import StaffTicket
from app.store.tables import Notice, Staff
from app.usecases.manage_staff import NO_PASSWORD, StaffExists, end_everything, set_password
from app.usecases.staff_notice import staff_notice


class LinkOver(Exception):
    """The link was used, replaced, withdrawn, or is too old."""


class NotInvited(Exception):
    """This account is past its invitation."""


def invite(
    session: Session, *, now: datetime, email: str, role: Role, language: str, invited_by: Staff
) -> tuple[Staff, Notice]:
    """A new account and its mail, flushed. Raises `InvalidAddress` or `StaffExists`."""
    address = parse_address(email)
    if session.scalar(select(Staff.id).where(Staff.email_key == address.key)) is not None:
        raise StaffExists(address.key)
    staff = Staff(
        email=address.email,
        email_key=address.key,
        password_hash=NO_PASSWORD,
        role=role,
        language=language,
        created_at=now,
        invited_at=now,
        invited_by=invited_by.id,
    )
    session.add(staff)
    session.flush()
    return staff, _write(session, staff, now)


def invite_again(
    session: Session, *, now: datetime, staff_id: int, invited_by: Staff
) -> tuple[Staff, Notice]:
    """Another mail with another link; earlier links end. Raises `NotInvited`, `NoResultFound`."""
    staff = _invited(session, staff_id)
    end_everything(session, staff)
    staff.invited_at = now
    staff.invited_by = invited_by.id
    return staff, _write(session, staff, now)


def withdraw_invitation(session: Session, *, staff_id: int) -> Staff:
    """The account goes as if it had never been. Raises `NotInvited`, `NoResultFound`."""
    staff = _invited(session, staff_id)
    session.delete(staff)
    session.flush()
    return staff


def find_invitation(session: Session, *, now: datetime, ticket: StaffTicket) -> Staff:
    """Who is invited by this link. Raises `LinkOver`."""
    staff = session.get(Staff, ticket.staff_id, with_for_update=True, populate_existing=True)
    if staff is None or not staff.active or staff.invited_at is None:
        raise LinkOver
    if not ticket.is_of(staff.session_version) or now - ticket.at > INVITATION_LIFE:
        raise LinkOver
    return staff


def accept_invitation(
    session: Session, *, now: datetime, ticket: StaffTicket, name: str, password: str
) -> Staff:
    """The account is the invited one's from now on. Raises `LinkOver` or `WeakPassword`."""
    staff = find_invitation(session, now=now, ticket=ticket)
    set_password(session, staff, password)
    staff.name = name.strip()
    staff.logged_in_at = now
    session.flush()
    return staff


def _invited(session: Session, staff_id: int) -> Staff:
    staff = session.get_one(Staff, staff_id, with_for_update=True, populate_existing=True)
    if staff.invited_at is None:
        raise NotInvited
    return staff


def _write(session: Session, staff: Staff, now: datetime) -> Notice:
    notice = staff_notice(staff, now=now, kind=NoticeKind.INVITATION)
    session.add(notice)
    session.flush()
    return notice
