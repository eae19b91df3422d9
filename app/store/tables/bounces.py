"""What came back of mails that the mail server had taken: facts beside the deliveries.

Deliveries keep their states: a mail that bounces later was sent, as far as its sender can tell.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.bounce import BounceKind
from app.store.tables.base import Base, big_int, state_type, timestamp


class Bounce(Base):
    """What came back of one delivery: one row, however many reports there are, whose kind only
    gets worse. `status` is the enhanced code of RFC 3463, `words` are the mail server's own. It
    goes with its reader, since the words may hold the address."""

    __tablename__ = "bounce"
    __table_args__ = (
        Index("ix_bounce_subscriber_id_at", "subscriber_id", "at"),
        Index("ix_bounce_at", "at"),
    )

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("subscriber.id", ondelete="CASCADE")
    )
    kind: Mapped[BounceKind] = mapped_column(state_type(BounceKind, "bounce_kind"))
    status: Mapped[str]
    words: Mapped[str]
    at: Mapped[timestamp]


class BounceTally(Base):
    """How many mails of a campaign came back, by kind: kept with each bounce, and for ever, when
    bounces and readers are long gone."""

    __tablename__ = "bounce_tally"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    hard: Mapped[int] = mapped_column(default=0, server_default="0")
    soft: Mapped[int] = mapped_column(default=0, server_default="0")
    complaint: Mapped[int] = mapped_column(default=0, server_default="0")


class FeedbackTally(Base):
    """How many messages came to the addresses of bounces, by what became of them, and when the
    last one did."""

    __tablename__ = "feedback_tally"

    outcome: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[big_int]
    at: Mapped[datetime]
