"""How the staff prove who they are beyond a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, big_key, digest, timestamp


class StaffTotp(Base):
    """The authenticator app of an account. The secret is sealed (`app/sealing.py`); until it is
    confirmed by a first code nothing is asked for. `last_step` is the half minute of the last
    code that was taken, so that none is taken twice."""

    __tablename__ = "staff_totp"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret_sealed: Mapped[digest]
    begun_at: Mapped[timestamp]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """One code on paper, which opens the account once without the app. Only its SHA-256 is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[big_key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    code_hash: Mapped[digest]
    used_at: Mapped[datetime | None]
