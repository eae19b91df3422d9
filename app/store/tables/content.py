"""Content: topics, sources and articles, however they came in; and who may push some."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.article import Origin
from app.store.tables.base import (
    Base,
    big_int,
    big_key,
    digest,
    small_key,
    state_type,
    timestamp,
)


class Topic(Base):
    """A section a reader can follow. `bit` is its place in the readers' topic masks, for ever."""

    __tablename__ = "topic"
    __table_args__ = (CheckConstraint("bit between 0 and 61", name="bit_range"),)

    id: Mapped[small_key]
    slug: Mapped[str] = mapped_column(unique=True)
    name_ar: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    bit: Mapped[int] = mapped_column(unique=True)

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


class FormerTopic(Base):
    """A topic that was merged into another (`into_id`) or removed. Its bit is given to no other,
    so that the history of consent stays legible; its names still lead to the topic it went into."""

    __tablename__ = "former_topic"

    id: Mapped[small_key]
    slug: Mapped[str]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    bit: Mapped[int] = mapped_column(unique=True)
    into_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"))
    ended_at: Mapped[timestamp]

    into: Mapped[Topic | None] = relationship()

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


class Source(Base):
    """A feed. `error_code` and `error_detail` tell what is wrong now; a success empties them,
    while `failed_at` and `failed_code` keep the last failure. `moved_from` is the address it had
    before its server moved it for good.
    `problems` are the entries of its newest content that lacked something, as
    {"code", "title"}. With `follow_links` the pages of its entries are fetched too, for a feed
    that gives only titles."""

    __tablename__ = "source"

    id: Mapped[small_key]
    url: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    active: Mapped[bool] = mapped_column(default=True)
    follow_links: Mapped[bool] = mapped_column(default=False, server_default="false")
    etag: Mapped[str] = mapped_column(default="")
    last_modified: Mapped[str] = mapped_column(default="")
    created_at: Mapped[timestamp]
    polled_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    next_poll_at: Mapped[timestamp]
    failures: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str] = mapped_column(default="")
    error_detail: Mapped[str] = mapped_column(default="")
    failed_at: Mapped[datetime | None]
    failed_code: Mapped[str] = mapped_column(default="", server_default="")
    moved_from: Mapped[str] = mapped_column(default="", server_default="")
    problems: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")

    topic: Mapped[Topic] = relationship()


class Article(Base):
    """One article in its newest version. `ingested_at` is when it was first seen and decides
    the window of a digest; `revision` counts the versions that came in, from 1. `topic_id` is
    the heading it stands under, `topic_mask` the bits of every topic it belongs to, that one
    included; `categories` are what its feed calls them.

    `source_id` is empty for what came from no feed: by its address, by hand, or pushed by a CMS
    (`origin`). What staff have edited (`edited_at`) no feed or CMS writes over; what is withdrawn
    (`withdrawn_at`) enters no edition and is not shown on the site."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("source_id", "guid"),
        Index(
            "uq_article_guid_without_source",
            "guid",
            unique=True,
            postgresql_where="source_id is null",
        ),
        CheckConstraint("(origin = 'feed') = (source_id is not null)", name="origin_of_source"),
        Index("ix_article_ingested_at", "ingested_at"),
        Index("ix_article_published_at", "published_at"),
    )

    id: Mapped[big_key]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    origin: Mapped[Origin] = mapped_column(
        state_type(Origin, "origin"), default=Origin.FEED, server_default="feed"
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    topic_mask: Mapped[big_int]
    guid: Mapped[str]
    content_hash: Mapped[digest]
    revision: Mapped[int] = mapped_column(default=1)
    url: Mapped[str]
    kicker: Mapped[str] = mapped_column(default="")
    headline: Mapped[str]
    standfirst: Mapped[str] = mapped_column(default="")
    body_html: Mapped[str] = mapped_column(default="")
    image_url: Mapped[str] = mapped_column(default="")
    image_alt: Mapped[str] = mapped_column(default="")
    image_caption: Mapped[str] = mapped_column(default="")
    byline: Mapped[str] = mapped_column(default="")
    related: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    categories: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    published_at: Mapped[timestamp]
    ingested_at: Mapped[timestamp]
    changed_at: Mapped[timestamp]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    source: Mapped[Source | None] = relationship()
    topic: Mapped[Topic] = relationship()


class ApiToken(Base):
    """What a CMS shows when it pushes articles. Only the SHA-256 of it is kept: it has 256 random
    bits, so nothing slower is needed."""

    __tablename__ = "api_token"

    id: Mapped[small_key]
    name: Mapped[str]
    token_hash: Mapped[digest] = mapped_column(unique=True)
    created_at: Mapped[timestamp]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
