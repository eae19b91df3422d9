"""Links of campaigns and how often they were opened: by link and hour, never by reader."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, big_key


class CampaignLink(Base):
    """One address that a campaign's mails lead to, frozen with them: the same link for all
    readers. `place` is its order in the edition, `title` what it is called there; `article_id`
    is the article whose own address it is, null for a link inside or below one. Where two
    subjects are tried there is one for each `letter`."""

    __tablename__ = "campaign_link"
    __table_args__ = (UniqueConstraint("campaign_id", "letter", "place"),)

    id: Mapped[big_key]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    letter: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[int] = mapped_column(SmallInteger)
    url: Mapped[str]
    title: Mapped[str]
    article_id: Mapped[int | None] = mapped_column(BigInteger)


class LinkClicks(Base):
    """How often a link was opened in one hour, by people and by machines."""

    __tablename__ = "link_clicks"

    link_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("campaign_link.id", ondelete="CASCADE"), primary_key=True
    )
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    people: Mapped[int] = mapped_column(default=0)
    machines: Mapped[int] = mapped_column(default=0)
