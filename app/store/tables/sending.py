"""Sending: editions and variants, campaigns, and the ledger of chunks and deliveries.

The ledger has no surrogate keys: a delivery is (campaign_id, ordinal), and a chunk owns the
ordinals `first` to `last` of its campaign. So a chunk's rows lie side by side in one index, and
no delivery needs to name its chunk. A delivery has no foreign key to its reader: checking one
for each of a million rows would cost more than writing them, and an erased reader's deliveries
stay in the counts.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.campaign import Approval, CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import ChunkState, DeliveryState
from app.domain.edition import Design, default_design
from app.domain.subscription import Cadence
from app.store.tables.base import Base, big_key, small_key, state_type, timestamp

_cadence = state_type(Cadence, "cadence")
_design = state_type(Design, "edition_design")


def _usual_design(context: DefaultExecutionContext) -> Design:
    given = context.current_parameters or {}
    return default_design(given["kind"])


class Campaign(Base):
    """One sending of an edition to an audience.

    `cadences` null reaches readers of every pace; `topic_mask` 0 takes all topics: of the
    articles in a digest, of the readers in all other kinds. `article_ids` null lets the window
    choose; otherwise they are in the editor's order. `subject` and `preheader` empty are made
    from the lead story. `segment` is a copy of the filter of the readers it is meant for, null
    for all; `segment_name` is what that segment was called.
    `slot_at` is set for a schedule's run and unique with it: however many clocks tick, an
    occurrence exists once. `morning_day` and `morning_time` are set for one that comes to each
    reader in their own morning; a reader whose time zone is not known is taken to live in
    `morning_zone`.
    `public` lets its edition stand in the archive once it has gone out.
    `approval` is set for a run that goes out only when approved: until `approve_by`, while its
    state is `draft`. `decided_by` approved or held it.
    `trouble` is why the mail server cannot be reached just now, empty while it can.
    `sent` and `failed` are kept when it is finished, so that no list has to add up its chunks.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        UniqueConstraint("schedule_id", "slot_at"),
        Index(
            "ix_campaign_live",
            "state",
            postgresql_where="state in ('scheduled', 'preparing', 'sending', 'paused')",
        ),
        Index(
            "ix_campaign_undecided",
            "approve_by",
            postgresql_where="state = 'draft' and approve_by is not null",
        ),
    )

    id: Mapped[small_key]
    kind: Mapped[CampaignKind] = mapped_column(state_type(CampaignKind, "campaign_kind"))
    state: Mapped[CampaignState] = mapped_column(state_type(CampaignState, "campaign_state"))
    version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(default="ar")
    design: Mapped[Design] = mapped_column(_design, default=_usual_design)
    subject: Mapped[str] = mapped_column(default="")
    preheader: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="")
    topic_mask: Mapped[int] = mapped_column(BigInteger, default=0)
    article_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    cadences: Mapped[list[str] | None] = mapped_column(ARRAY(_cadence))
    segment: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    segment_name: Mapped[str] = mapped_column(default="", server_default="")
    policy: Mapped[UncertainPolicy] = mapped_column(state_type(UncertainPolicy, "uncertain_policy"))
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("schedule.id"))
    slot_at: Mapped[datetime | None]
    morning_day: Mapped[date | None]
    morning_time: Mapped[time | None]
    morning_zone: Mapped[str] = mapped_column(default="", server_default="")
    min_articles: Mapped[int] = mapped_column(default=1)
    public: Mapped[bool] = mapped_column(default=True, server_default="true")
    approval: Mapped[Approval | None] = mapped_column(state_type(Approval, "approval"))
    approve_by: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime | None]
    send_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    trouble: Mapped[str] = mapped_column(default="", server_default="")
    queued_at: Mapped[datetime | None]
    audience: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[timestamp]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    prepared_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    sent: Mapped[int | None]
    failed: Mapped[int | None]


class Variant(Base):
    """One list of articles of a campaign's edition, rendered once and never changed.

    The campaign's edition is the set of its variants. `subject`, `html` and `text` are as
    rendered, with slots where a reader's tokens go. `letter` is "a" or "b" where two subjects
    are tried.
    """

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("campaign_id", "letter", "article_ids"),
        Index("ix_variant_article_ids", "article_ids", postgresql_using="gin"),
    )

    id: Mapped[big_key]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    letter: Mapped[str] = mapped_column(default="", server_default="")
    article_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    subject: Mapped[str]
    html: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[timestamp]


class Chunk(Base):
    """A few hundred deliveries handed out together: one variant, one due time.

    The counts are kept in the same commits as the deliveries they count; what is neither
    counted nor handed is pending. `date_at` is the Date of its mails, the same on every retry.
    """

    __tablename__ = "chunk"
    __table_args__ = (
        UniqueConstraint("campaign_id", "first"),
        Index(
            "ix_chunk_undone",
            "campaign_id",
            "due_at",
            postgresql_where="state <> 'done'",
        ),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    id: Mapped[big_key]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    first: Mapped[int]
    last: Mapped[int]
    date_at: Mapped[timestamp]
    due_at: Mapped[timestamp]
    state: Mapped[ChunkState] = mapped_column(
        state_type(ChunkState, "chunk_state"), default=ChunkState.OPEN
    )
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    journal: Mapped[str] = mapped_column(default="")
    queued_at: Mapped[datetime | None]
    leases: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    deferred: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)


class Delivery(Base):
    """One campaign to one reader. `attempt` counts the hand-overs; `code` and `reply` keep the
    mail server's last words when they were not a plain acceptance.

    Its updates touch no index and find room on their page, which later updates tidy up, so a
    vacuum in the middle of a campaign only takes the workers' time (it cost a fifth of the
    speed at 300,000). `nashra prune` vacuums, once a day.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("campaign_id", "subscriber_id"),
        {
            "postgresql_with": {
                "fillfactor": "45",
                "autovacuum_vacuum_threshold": "2000000",
                "autovacuum_vacuum_scale_factor": "1.0",
                "autovacuum_vacuum_insert_threshold": "2000000",
                "autovacuum_vacuum_insert_scale_factor": "1.0",
            }
        },
    )

    campaign_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[DeliveryState] = mapped_column(
        state_type(DeliveryState, "delivery_state"), server_default="pending"
    )
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    code: Mapped[int | None] = mapped_column(SmallInteger)
    at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    reply: Mapped[str | None]
