"""The archive: what each edition said, kept as data beside its rendered variants."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, timestamp

_FOLDED = "array_to_tsvector(string_to_array(folded, ' '))"
"""The words as they are: no parser and no dictionary of the database has a say in Arabic."""


class Edition(Base):
    """The edition of one campaign as the archive shows it: every article that stood in any of
    its variants, frozen with them. `stories` are values of `domain.archive.Story`, `folded` are
    their searchable words and the title's, each once.

    Written at the launch of every campaign; whether it is shown is the campaign's affair.
    `changed_at` is when it was written, or last hidden or shown.
    """

    __tablename__ = "edition"
    __table_args__ = (
        Index("ix_edition_sent_at", "sent_at"),
        Index("ix_edition_searchable", "searchable", postgresql_using="gin"),
    )

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    stories: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    folded: Mapped[str]
    searchable: Mapped[str] = mapped_column(TSVECTOR, Computed(_FOLDED, persisted=True))
    sent_at: Mapped[timestamp]
    changed_at: Mapped[timestamp]
