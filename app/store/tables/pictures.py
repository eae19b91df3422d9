"""Pictures: our copies of what articles show, and the campaigns that showed them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.picture import PictureState
from app.store.tables.base import Base, big_key, digest, state_type, timestamp


class Picture(Base):
    """A picture's address in the newsroom, and our copy of it once that is ready. `url_hash` is
    the SHA-256 of `url`, which may be longer than an index bears. `name` is the copy's hash and
    its public address; `reason` the code of what went wrong last.

    A copy that is ready is never changed: mails that went out show it.
    """

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint(
            "state <> 'ready' or (name <> '' and body is not null and small is not null)",
            name="ready_is_whole",
        ),
        Index("ix_picture_name", "name", postgresql_where="state = 'ready'"),
        Index("ix_picture_retry_at", "retry_at", postgresql_where="state = 'pending'"),
    )

    id: Mapped[big_key]
    url_hash: Mapped[digest] = mapped_column(unique=True)
    url: Mapped[str]
    state: Mapped[PictureState] = mapped_column(
        state_type(PictureState, "picture_state"), default=PictureState.PENDING
    )
    reason: Mapped[str] = mapped_column(default="", server_default="")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    wanted_at: Mapped[timestamp]
    retry_at: Mapped[timestamp]
    fetched_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(default="", server_default="")
    width: Mapped[int] = mapped_column(default=0, server_default="0")
    height: Mapped[int] = mapped_column(default=0, server_default="0")
    body: Mapped[bytes | None] = mapped_column(BYTEA, deferred=True)
    small: Mapped[bytes | None] = mapped_column(BYTEA, deferred=True)


class CampaignPicture(Base):
    """A frozen edition shows this picture, so it must stay."""

    __tablename__ = "campaign_picture"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id"), primary_key=True, index=True)
