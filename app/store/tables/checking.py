"""Before sending: runs of the preflight, how addresses answered lately, and test mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.preflight import RunState
from app.store.tables.base import Base, big_key, digest, small_key, state_type, timestamp


class PreflightRun(Base):
    """One run of the checklist over a campaign as it stood: `content_hash` says how.

    `findings` are `Finding`s as JSON, `lists` the lists of articles that would go out, each
    {"articles", "readers", "subject"}, the most read first. While it runs, `done` of `total`
    steps are taken and the lease moves on; a run whose lease ended is taken up again. At most
    one run of a campaign is under way. `accepted_by` null with `accepted_at` set is the command
    line.
    """

    __tablename__ = "preflight_run"
    __table_args__ = (
        Index(
            "ix_preflight_run_live",
            "campaign_id",
            unique=True,
            postgresql_where="state in ('pending', 'running')",
        ),
        Index("ix_preflight_run_campaign_id_id", "campaign_id", "id"),
    )

    id: Mapped[big_key]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    state: Mapped[RunState] = mapped_column(state_type(RunState, "preflight_state"))
    content_hash: Mapped[bytes | None] = mapped_column(BYTEA)
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[timestamp]
    queued_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    lists: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    error: Mapped[str] = mapped_column(default="")
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    accepted_at: Mapped[datetime | None]


class LinkCheck(Base):
    """How an address answered, for some minutes: `trouble` is the code of what was wrong, ""
    when it answered, `content_type` what it is."""

    __tablename__ = "link_check"

    url_hash: Mapped[digest] = mapped_column(primary_key=True)
    trouble: Mapped[str] = mapped_column(default="")
    content_type: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[timestamp] = mapped_column(index=True)


class TestMail(Base):
    """A campaign's mail as it looked when a test of it was asked for. It is no delivery: what
    sends it are notices, and its links open nobody's pages."""

    __tablename__ = "test_mail"
    __test__: ClassVar[bool] = False

    id: Mapped[small_key]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    subject: Mapped[str]
    html: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[timestamp]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
