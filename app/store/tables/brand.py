"""The brand: what editors chose for the site's face, and the logos that were ever in use."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, json_value, timestamp


class BrandChoice(Base):
    """One row at most. What is empty was not chosen and comes from the environment; `colours`
    and `social` hold only what was chosen, by name."""

    __tablename__ = "brand"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    site_name: Mapped[str]
    postal_address: Mapped[str]
    footer: Mapped[str]
    digits: Mapped[str]
    months: Mapped[str]
    hijri: Mapped[bool]
    colours: Mapped[json_value]
    social: Mapped[json_value]
    logo_name: Mapped[str | None] = mapped_column(ForeignKey("logo.name"))
    changed_at: Mapped[timestamp]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class LogoFile(Base):
    """A logo that was uploaded. It is kept for good: mails that show it lie in mailboxes."""

    __tablename__ = "logo"

    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    png: Mapped[bytes] = mapped_column(BYTEA, deferred=True)
    created_at: Mapped[timestamp]
