"""Reads for the pages on which a campaign's articles are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, joinedload

from app.domain.campaign import CampaignState
from app.domain.suggestion import Choosable
from app.store.tables import Article, Campaign, Variant
from app.web.admin.queries.content import articles

_LATELY = timedelta(days=7)
_OFFERED = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """An article to choose; `sent_at` is when a campaign last carried it."""

    article: Article
    sent_at: datetime | None

    def choosable(self) -> Choosable:
        return Choosable(
            article_id=self.article.id,
            topic_id=self.article.topic_id,
            was_sent=self.sent_at is not None,
        )


def offers(session: Session, words_pattern: str | None, *, now: datetime) -> list[Offer]:
    """What can be chosen, the newest first: with these words, or of the last days."""
    query = articles(None, words_pattern).where(Article.withdrawn_at.is_(None))
    if words_pattern is None:
        query = query.where(Article.ingested_at > now - _LATELY)
    found = session.scalars(query.limit(_OFFERED)).all()
    sent = _sent_at(session, [article.id for article in found])
    return [Offer(article=article, sent_at=sent.get(article.id)) for article in found]


def in_order(session: Session, article_ids: Sequence[int]) -> list[Article]:
    """These articles in this order, without those that were withdrawn or are none."""
    possible = [number for number in article_ids if 0 < number < 2**63]
    found = session.scalars(
        select(Article)
        .options(joinedload(Article.topic), joinedload(Article.source))
        .where(Article.id.in_(possible), Article.withdrawn_at.is_(None))
    )
    by_id = {article.id: article for article in found}
    return [by_id[number] for number in dict.fromkeys(possible) if number in by_id]


def _sent_at(session: Session, article_ids: Sequence[int]) -> dict[int, datetime]:
    """When a campaign that went out carried each of these: one of them, which is all that a
    choice needs, and costs no more where a digest has thousands of variants."""
    rows = session.execute(select(Article.id, _carried()).where(Article.id.in_(article_ids)))
    return {number: moment for number, moment in rows if moment is not None}


def _carried() -> ScalarSelect[datetime | None]:
    return (
        select(Campaign.prepared_at)
        .join(Variant, Variant.campaign_id == Campaign.id)
        .where(
            Variant.article_ids.contains(array([Article.id])),
            Campaign.state != CampaignState.CANCELLED,
        )
        .limit(1)
        .scalar_subquery()
    )
