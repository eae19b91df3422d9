"""Where the sign-up box may stand: the web sites that may frame it and send its form."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, small_key, timestamp


class AllowedOrigin(Base):
    """A site that the sign-up box may stand on, as its browsers name it in `Origin`."""

    __tablename__ = "allowed_origin"

    id: Mapped[small_key]
    origin: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[timestamp]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
