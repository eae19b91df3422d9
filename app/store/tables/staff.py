"""Staff: accounts, the browsers they are logged in with, and the audit of what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.staff import Role
from app.store.tables.base import Base, big_int, big_key, digest, small_key, state_type, timestamp


class Staff(Base):
    """Who logs in to admin. `session_version` rises when all sessions and links of the account are
    to end. Who was invited and has not accepted yet has an `invited_at`, and no password."""

    __tablename__ = "staff"

    id: Mapped[small_key]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]
    role: Mapped[Role] = mapped_column(state_type(Role, "role"))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="ar")
    session_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[timestamp]
    logged_in_at: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]
    invited_by: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id", name="fk_staff_invited_by_staff", ondelete="SET NULL")
    )


class StaffSession(Base):
    """One browser that is logged in. Its cookie holds a random secret of which only the SHA-256 is
    here: a row that is gone, or of another `version` than the account's, opens nothing."""

    __tablename__ = "staff_session"

    id: Mapped[big_key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[digest] = mapped_column(unique=True)
    version: Mapped[int]
    opened_at: Mapped[timestamp]
    seen_at: Mapped[timestamp]
    ip: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str] = mapped_column(default="")


class AuditEvent(Base):
    """Append-only: who did what in admin or on the command line, held by the same trigger rule."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_at_id", "at", "id"),
        Index("ix_audit_event_staff_id_at_id", "staff_id", "at", "id"),
        Index("ix_audit_event_action_at_id", "action", "at", "id"),
        Index("ix_audit_event_object_type_object_id_at_id", "object_type", "object_id", "at", "id"),
    )

    id: Mapped[big_key]
    at: Mapped[timestamp]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str]
    object_type: Mapped[str] = mapped_column(default="")
    object_id: Mapped[big_int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    ip: Mapped[str | None] = mapped_column(INET)
