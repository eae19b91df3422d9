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


class Passkey(Base):
    """A key on a device of its owner, which opens the account without a password. What is kept
    of it is public."""

    __tablename__ = "passkey"

    id: Mapped[big_key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[digest] = mapped_column(unique=True)
    public_key: Mapped[digest]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[timestamp]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a browser was asked to sign and has not signed yet, for a new key of this account or,
    without one, for a login. It is taken away by the answer, so that none counts twice."""

    __tablename__ = "passkey_challenge"

    id: Mapped[big_key]
    challenge: Mapped[digest] = mapped_column(unique=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    asked_at: Mapped[timestamp] = mapped_column(index=True)
