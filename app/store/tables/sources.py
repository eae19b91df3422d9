"""What belongs to a source beside its articles: its categories, and its WebSub hub."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.hub import HubState
from app.store.tables.base import Base, big_key, small_key, state_type, timestamp
from app.store.tables.base import digest as byte_string
from app.store.tables.content import Source, Topic


class SourceCategory(Base):
    """A category that a source's entries carry, by its folded name (`key`), and what an editor
    made of it: a topic, or `ignored`. With neither, a topic of the same name is found."""

    __tablename__ = "source_category"
    __table_args__ = (UniqueConstraint("source_id", "key"),)

    id: Mapped[small_key]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    key: Mapped[str]
    name: Mapped[str]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    ignored: Mapped[bool] = mapped_column(default=False, server_default="false")
    seen_at: Mapped[timestamp]

    topic: Mapped[Topic | None] = relationship()


class Hub(Base):
    """The subscription of a source at its WebSub hub. `topic_url` is the feed's address as the
    hub knows it. `next_at` is when the hub is to be asked next: for the first time, again, or to
    renew. `next_secret` is the one of the request under way; the hub's confirmation makes it
    `secret`. `reason` is what the last refusal said."""

    __tablename__ = "hub"

    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str]
    topic_url: Mapped[str]
    state: Mapped[HubState] = mapped_column(state_type(HubState, "hub_state"))
    secret: Mapped[str] = mapped_column(default="", server_default="")
    next_secret: Mapped[str] = mapped_column(default="", server_default="")
    next_at: Mapped[timestamp]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    expires_at: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")

    source: Mapped[Source] = relationship()


class HubPush(Base):
    """A signed push that came in. `next_at` is when a worker is to be asked for it (again); None
    when it is done, its body then empty. The digest is kept as long as the secret it was signed
    with may live, so that a replayed push does nothing."""

    __tablename__ = "hub_push"
    __table_args__ = (
        UniqueConstraint("source_id", "digest"),
        Index("ix_hub_push_next_at", "next_at"),
    )

    id: Mapped[big_key]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    digest: Mapped[byte_string]
    content_type: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[byte_string]
    received_at: Mapped[timestamp]
    next_at: Mapped[datetime | None]
