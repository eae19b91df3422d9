"""Two subjects of one campaign, tried on a share of its readers before the rest gets the better."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base


class SubjectTest(Base):
    """Subject A is the campaign's own. `share` is the percentage of the readers who are tried
    on, half of them with each subject; `hours` is how long their clicks are counted.

    `decide_at` is set when the campaign is launched. `winner` is "a" or "b" once it is decided,
    by the staff `decided_by` or, if that is null, by the clock; `numbers` are what it went by.
    """

    __tablename__ = "subject_test"
    __table_args__ = (
        Index(
            "ix_subject_test_undecided",
            "decide_at",
            postgresql_where="winner = '' and decide_at is not null",
        ),
    )

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    subject_b: Mapped[str]
    share: Mapped[int] = mapped_column(SmallInteger)
    hours: Mapped[int] = mapped_column(SmallInteger)
    decide_at: Mapped[datetime | None]
    winner: Mapped[str] = mapped_column(default="", server_default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    numbers: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
