"""The second step of a login: set up with an app, asked for after the password, turned off.

A code opens once. The half minute of the last one is kept, and a later one must be taken by a
compare-and-set; so two browsers that send the same code at once do not both get in.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.second_step import matching_step, new_recovery_codes, new_secret, recovery_hash
from app.sealing import BrokenSeal, Seal
from app.store.tables import RecoveryCode, Staff, StaffTotp


class WrongCode(Exception):
    """Not a code of this account, or one that was used."""


class AlreadyOn(Exception):
    """The second step is on; it is turned off before another app takes its place."""


class Opened(StrEnum):
    """What kind of code was taken."""

    APP = "app"
    RECOVERY = "recovery"


def begin_setup(session: Session, seal: Seal, *, now: datetime, staff: Staff) -> None:
    """A new secret that waits for its first code; one that waited before is forgotten. Raises
    `AlreadyOn`."""
    row = _row(session, staff)
    if row is not None and row.confirmed_at is not None:
        raise AlreadyOn
    if row is None:
        row = StaffTotp(staff_id=staff.id, last_step=0, secret_sealed=b"", begun_at=now)
        session.add(row)
    row.secret_sealed, row.begun_at = seal.close(new_secret()), now
    session.flush()


def waiting_secret(session: Session, seal: Seal, *, staff: Staff) -> str:
    """The secret that waits for its first code, empty where none does."""
    row = session.get(StaffTotp, staff.id)
    if row is None or row.confirmed_at is not None:
        return ""
    return _secret(seal, row)


def confirm_setup(
    session: Session, seal: Seal, *, now: datetime, staff: Staff, typed: str
) -> tuple[str, ...]:
    """Turns the second step on by a first code of the app, and gives the recovery codes, which
    are kept nowhere else. Raises `WrongCode`."""
    row = _row(session, staff)
    if row is None or row.confirmed_at is not None:
        raise WrongCode
    step = matching_step(_secret(seal, row), typed, now)
    if step is None:
        raise WrongCode
    row.confirmed_at, row.last_step = now, step
    return renew_recovery_codes(session, staff=staff)


def is_on(session: Session, staff: Staff) -> bool:
    """Whether this account is asked for a code after its password."""
    return (
        session.scalar(
            select(StaffTotp.staff_id).where(
                StaffTotp.staff_id == staff.id, StaffTotp.confirmed_at.is_not(None)
            )
        )
        is not None
    )


def take_code(session: Session, seal: Seal, *, now: datetime, staff: Staff, typed: str) -> Opened:
    """Takes a code of the app or a recovery code, each once. Raises `WrongCode`."""
    row = session.get(StaffTotp, staff.id)
    if row is None or row.confirmed_at is None:
        raise WrongCode
    step = matching_step(_secret(seal, row), typed, now)
    if step is not None:
        taken = session.scalar(
            update(StaffTotp)
            .where(StaffTotp.staff_id == staff.id, StaffTotp.last_step < step)
            .values(last_step=step)
            .returning(StaffTotp.staff_id)
        )
        if taken is None:
            raise WrongCode
        return Opened.APP
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff.id,
            RecoveryCode.code_hash == recovery_hash(typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used is None:
        raise WrongCode
    return Opened.RECOVERY


def renew_recovery_codes(session: Session, *, staff: Staff) -> tuple[str, ...]:
    """New codes; the old ones open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    codes = new_recovery_codes()
    session.add_all(RecoveryCode(staff_id=staff.id, code_hash=recovery_hash(one)) for one in codes)
    session.flush()
    return codes


def recovery_codes_left(session: Session, staff: Staff) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.staff_id == staff.id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def turn_off(session: Session, *, staff: Staff) -> bool:
    """Forgets the app and the recovery codes; whether the second step was on."""
    was_on = is_on(session, staff)
    session.execute(delete(StaffTotp).where(StaffTotp.staff_id == staff.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    return was_on


def _row(session: Session, staff: Staff) -> StaffTotp | None:
    return session.get(StaffTotp, staff.id, with_for_update=True, populate_existing=True)


def _secret(seal: Seal, row: StaffTotp) -> str:
    """Empty, which no code belongs to, where the key that sealed it is gone."""
    try:
        return seal.open(row.secret_sealed)
    except BrokenSeal:
        return ""
