"""What becomes of an account after it was made: another role, closed, open again, left with its
password alone.

One owner always stays: whoever would be the last one keeps the role and the account.
"""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.domain.staff import Role
from app.store.tables import Staff
from app.usecases.manage_staff import end_everything
from app.usecases.passkeys import remove_all
from app.usecases.second_step import turn_off


class LastOwner(Exception):
    """No other owner could open this one's account again."""


def change_role(session: Session, *, staff_id: int, role: Role) -> Staff:
    """Gives the role; it counts from the next request on. Raises `LastOwner`, `NoResultFound`."""
    staff, others = _with_other_owners(session, staff_id)
    if role is not Role.OWNER and _is_owner(staff) and not others:
        raise LastOwner
    staff.role = role
    session.flush()
    return staff


def close_account(session: Session, *, staff_id: int) -> Staff:
    """Nobody logs in with it any more, and all its sessions end. What the account did stays in
    the audit. May be repeated. Raises `LastOwner`, `NoResultFound`."""
    staff, others = _with_other_owners(session, staff_id)
    if _is_owner(staff) and not others:
        raise LastOwner
    staff.active = False
    end_everything(session, staff)
    return staff


def reopen_account(session: Session, *, staff_id: int) -> Staff:
    """It can be logged in with again, by the password it had. Raises `NoResultFound`."""
    staff = session.get_one(Staff, staff_id, with_for_update=True, populate_existing=True)
    staff.active = True
    session.flush()
    return staff


def leave_only_the_password(session: Session, *, staff: Staff) -> bool:
    """Forgets second step, recovery codes and passkeys of somebody whose device is lost, and ends
    all sessions; whether there was anything to forget."""
    was_on = turn_off(session, staff=staff)
    had_keys = remove_all(session, staff=staff) > 0
    if was_on or had_keys:
        end_everything(session, staff)
    return was_on or had_keys


def _with_other_owners(session: Session, staff_id: int) -> tuple[Staff, list[Staff]]:
    """The account, and the other owners who can log in. All are locked in one order, so that two
    who close each other at once neither both go nor wait for each other for ever. Raises
    `NoResultFound`."""
    locked = session.scalars(
        select(Staff)
        .where(or_(Staff.id == staff_id, Staff.role == Role.OWNER))
        .order_by(Staff.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    others = [one for one in locked if one.id != staff_id and _is_owner(one)]
    staff = next((one for one in locked if one.id == staff_id), None)
    if staff is None:
        raise NoResultFound
    return staff, others


def _is_owner(staff: Staff) -> bool:
    """Whether they could open another's account again; who has not joined yet could not."""
    return staff.role is Role.OWNER and staff.active and staff.invited_at is None
