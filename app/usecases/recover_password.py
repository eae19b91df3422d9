"""A forgotten password: a link by mail, and a new password behind it.

Whoever asks learns nothing: the same rows are written for every address, and the mail of one that
nobody has is born as failed. The link is bound to the account's version, so it works once, and
any change of the password ends it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.address import Address
from app.domain.notice import NoticeKind, NoticeState
from app.domain.staff import RESET_LIFE
from app.links import StaffTicket
from app.store.tables import Notice, Staff
from app.usecases.invite_staff import LinkOver
from app.usecases.manage_staff import NO_PASSWORD, find_staff, set_password

NOBODY = "nobody on the staff has this address"


def ask_for_reset(session: Session, *, now: datetime, address: Address, language: str) -> Notice:
    """The mail, flushed; `staff_id` is set where the address is one's who may log in. The caller
    commits and asks for it in any case, so that both take the same time."""
    staff = find_staff(session, address.key)
    known = staff is not None and staff.active and staff.password_hash != NO_PASSWORD
    notice = Notice(
        kind=NoticeKind.PASSWORD_RESET,
        email=staff.email if staff is not None and known else address.email,
        language=staff.language if staff is not None and known else language,
        staff_id=staff.id if staff is not None and known else None,
        state=NoticeState.PENDING if known else NoticeState.FAILED,
        created_at=now,
        retry_at=now,
        reply="" if known else NOBODY,
    )
    session.add(notice)
    session.flush()
    return notice


def find_reset(session: Session, *, now: datetime, ticket: StaffTicket) -> Staff:
    """Whose password this link may set. Raises `LinkOver`."""
    staff = session.get(Staff, ticket.staff_id, with_for_update=True, populate_existing=True)
    if staff is None or not staff.active or staff.password_hash == NO_PASSWORD:
        raise LinkOver
    if not ticket.is_of(staff.session_version) or now - ticket.at > RESET_LIFE:
        raise LinkOver
    return staff


def reset_by_link(session: Session, *, now: datetime, ticket: StaffTicket, new: str) -> Staff:
    """Sets the password and ends all sessions and links. Raises `LinkOver` or `WeakPassword`."""
    staff = find_reset(session, now=now, ticket=ticket)
    set_password(session, staff, new)
    return staff
