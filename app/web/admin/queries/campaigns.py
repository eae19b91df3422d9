"""Reads for the pages about campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState
from app.domain.delivery import DeliveryState
from app.domain.subscription import SubscriberState
from app.store.tables import Article, Campaign, Chunk, Delivery, Schedule, Subscriber, Variant

PROBLEMS = (DeliveryState.FAILED, DeliveryState.DEFERRED, DeliveryState.UNKNOWN)
"""The states whose deliveries are listed one by one."""

_MOST_PROBLEMS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """How far a campaign is, for a line in a list."""

    sent: int = 0
    failed: int = 0
    done: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One delivery that did not go plainly, with the mail server's words."""

    email: str
    subscriber_id: int
    state: DeliveryState
    attempt: int
    code: int | None
    reply: str
    at: datetime | None
    retry_at: datetime | None


def campaigns(states: Sequence[CampaignState], words_pattern: str | None) -> Select[Campaign]:
    """Newest first; of these states, of all when there are none."""
    query = select(Campaign).order_by(Campaign.id.desc())
    if states:
        query = query.where(Campaign.state.in_(states))
    if words_pattern is not None:
        by_schedule = select(Schedule.id).where(Schedule.name.ilike(words_pattern))
        query = query.where(
            or_(Campaign.subject.ilike(words_pattern), Campaign.schedule_id.in_(by_schedule))
        )
    return query


def sums_of(session: Session, campaign_ids: Iterable[int]) -> dict[int, Sums]:
    """Counts for the campaigns of a list, in one statement."""
    rows = session.execute(
        select(
            Chunk.campaign_id,
            func.sum(Chunk.sent),
            func.sum(Chunk.failed),
            func.sum(Chunk.sent + Chunk.failed + Chunk.skipped + Chunk.unknown),
        )
        .where(Chunk.campaign_id.in_(list(campaign_ids)))
        .group_by(Chunk.campaign_id)
    )
    return {
        number: Sums(sent=int(sent), failed=int(failed), done=int(done))
        for number, sent, failed, done in rows
    }


def subjects_of(session: Session, campaign_ids: Iterable[int]) -> dict[int, str]:
    """The subject that each of these campaigns went out with: of its first variant, for those
    whose subject was made from the articles."""
    rows = session.execute(
        select(Variant.campaign_id, Variant.subject)
        .where(Variant.campaign_id.in_(list(campaign_ids)))
        .ext(distinct_on(Variant.campaign_id))
        .order_by(Variant.campaign_id, Variant.id)
    )
    return dict(rows.all())


def schedule_names(session: Session, schedule_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {number for number in schedule_ids if number is not None}
    rows = session.execute(select(Schedule.id, Schedule.name).where(Schedule.id.in_(wanted)))
    return dict(rows.all())


def problems_of(session: Session, campaign_id: int) -> list[Problem]:
    """The first deliveries that were refused, wait for another try, or are uncertain."""
    rows = session.execute(
        select(Delivery, func.coalesce(Subscriber.email, ""))
        .outerjoin(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.campaign_id == campaign_id, Delivery.state.in_(PROBLEMS))
        .order_by(Delivery.ordinal)
        .limit(_MOST_PROBLEMS)
    )
    return [
        Problem(
            email=email,
            subscriber_id=delivery.subscriber_id,
            state=delivery.state,
            attempt=delivery.attempt,
            code=delivery.code,
            reply=delivery.reply or "",
            at=delivery.at,
            retry_at=delivery.retry_at,
        )
        for delivery, email in rows
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenVariant:
    """One frozen list of articles, and how many readers get it."""

    id: int
    subject: str
    articles: int
    readers: int


def variants_of(session: Session, campaign_id: int) -> list[FrozenVariant]:
    """The frozen variants, the most read first."""
    readers = func.coalesce(func.sum(Chunk.last - Chunk.first + 1), 0)
    rows = session.execute(
        select(Variant.id, Variant.subject, func.cardinality(Variant.article_ids), readers)
        .outerjoin(Chunk, Chunk.variant_id == Variant.id)
        .where(Variant.campaign_id == campaign_id)
        .group_by(Variant.id)
        .order_by(readers.desc(), Variant.id)
    )
    return [
        FrozenVariant(id=number, subject=subject, articles=articles, readers=int(count))
        for number, subject, articles, count in rows
    ]


def variant_of(session: Session, campaign_id: int, variant_id: int) -> Variant | None:
    return session.scalar(
        select(Variant).where(Variant.id == variant_id, Variant.campaign_id == campaign_id)
    )


def reachable_readers(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """How many active readers chose the campaign's topics and paces and do not pause: the most
    it can reach.

    A digest reaches fewer, since nobody is sent an article twice.
    """
    mask = _topics_of(session, campaign)
    query = select(func.count()).where(
        Subscriber.state == SubscriberState.ACTIVE,
        or_(Subscriber.paused_until.is_(None), Subscriber.paused_until <= now),
    )
    if mask:
        query = query.where(
            or_(Subscriber.topic_mask == 0, Subscriber.topic_mask.bitwise_and(mask) != 0)
        )
    if campaign.cadences:
        query = query.where(Subscriber.cadence.in_(campaign.cadences))
    return session.scalar(query) or 0


def _topics_of(session: Session, campaign: Campaign) -> int:
    if campaign.kind is not CampaignKind.DIGEST or not campaign.article_ids:
        return campaign.topic_mask
    masks = session.scalars(select(Article.topic_mask).where(Article.id.in_(campaign.article_ids)))
    union = 0
    for mask in masks:
        union |= mask
    return union


def articles_of(session: Session, campaign: Campaign) -> list[Article]:
    """The articles an editor chose, in that order."""
    ids = campaign.article_ids or []
    found = {a.id: a for a in session.scalars(select(Article).where(Article.id.in_(ids)))}
    return [found[number] for number in ids if number in found]
