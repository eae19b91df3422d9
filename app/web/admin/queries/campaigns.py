"""Reads for the pages about campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState
from app.domain.delivery import ChunkState
from app.store.tables import Article, Campaign, Chunk, Edition, Schedule, Variant
from app.usecases.check_campaign import topics_of_articles
from app.usecases.find_readers import PATIENCE, TooLong, count_audience


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """How far a campaign is, for a line in a list."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignPage:
    """Some campaigns, the newest first; `older` and `newer` are the numbers from which the list
    goes on in either direction, None at its ends."""

    items: list[Campaign]
    older: int | None
    newer: int | None


def campaigns(
    session: Session,
    *,
    state: CampaignState | None,
    words_pattern: str | None,
    older: int | None = None,
    newer: int | None = None,
    size: int,
) -> CampaignPage:
    """The campaigns before the number `older`, or those after `newer`; found by what they are
    called: subject, title of the edition, first headline, letter, or their schedule's name."""
    query = _matching(state, words_pattern)
    if newer is not None:
        query = query.where(Campaign.id > newer).order_by(Campaign.id)
    else:
        query = query.order_by(Campaign.id.desc())
        if older is not None:
            query = query.where(Campaign.id < older)
    rows = list(session.scalars(query.limit(size + 1)))
    is_more, items = len(rows) > size, rows[:size]
    if newer is not None:
        items.reverse()
    if not items:
        return CampaignPage(items=[], older=None, newer=None)
    more_older = is_more if newer is None else True
    more_newer = is_more if newer is not None else older is not None
    return CampaignPage(
        items=items,
        older=items[-1].id if more_older else None,
        newer=items[0].id if more_newer else None,
    )


def _matching(state: CampaignState | None, words_pattern: str | None) -> Select[Campaign]:
    query = select(Campaign)
    if state is not None:
        query = query.where(Campaign.state == state)
    if words_pattern is not None:
        by_schedule = select(Schedule.id).where(Schedule.name.ilike(words_pattern))
        by_title = select(Edition.campaign_id).where(Edition.title.ilike(words_pattern))
        by_headline = exists().where(  # asked of each campaign's article, not of all articles
            Article.id == Campaign.article_ids[1], Article.headline.ilike(words_pattern)
        )
        query = query.where(
            or_(
                Campaign.subject.ilike(words_pattern),
                Campaign.schedule_id.in_(by_schedule),
                Campaign.id.in_(by_title),
                by_headline,
                Campaign.note.ilike(words_pattern),
            )
        )
    return query


def count_by_state(session: Session) -> dict[CampaignState, int]:
    """How many campaigns each state has; only states that have any."""
    rows = session.execute(select(Campaign.state, func.count()).group_by(Campaign.state))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dues:
    """When the next chunk that is not done is due, and the last."""

    next: datetime | None
    last: datetime | None


def dues_of(session: Session, campaign_id: int) -> Dues:
    row = session.execute(
        select(func.min(Chunk.due_at), func.max(Chunk.due_at)).where(
            Chunk.campaign_id == campaign_id, Chunk.state != ChunkState.DONE
        )
    ).one()
    return Dues(next=row[0], last=row[1])


def sums_of(session: Session, campaigns: Iterable[Campaign]) -> dict[int, Sums]:
    """Counts for the campaigns of a list: those kept beside a finished one, of all others what
    their chunks count. A million readers have two thousand chunks."""
    sums, counting = {}, []
    for one in campaigns:
        if one.state is CampaignState.FINISHED and one.sent is not None:
            sums[one.id] = Sums(sent=one.sent, failed=one.failed or 0)
        elif one.prepared_at is not None:
            counting.append(one.id)
    rows = session.execute(
        select(Chunk.campaign_id, func.sum(Chunk.sent), func.sum(Chunk.failed))
        .where(Chunk.campaign_id.in_(counting))
        .group_by(Chunk.campaign_id)
    )
    for number, sent, failed in rows:
        sums[number] = Sums(sent=int(sent), failed=int(failed))
    return sums


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


def reachable_readers(
    session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo
) -> int | None:
    """How many active readers the campaign is meant for who do not pause: the most it can reach;
    None where a page should not wait for it. A digest or an alert reaches fewer, since nobody is
    sent an article twice. `zone` is the site's."""
    meant = Campaign(
        topic_mask=_topics_of(session, campaign),
        cadences=campaign.cadences,
        segment=campaign.segment,
    )
    try:
        return count_audience(session, meant, now=now, zone=zone, patience=PATIENCE)
    except TooLong:
        return None


def _topics_of(session: Session, campaign: Campaign) -> int:
    if campaign.kind is not CampaignKind.DIGEST or not campaign.article_ids:
        return campaign.topic_mask
    return topics_of_articles(session, campaign.article_ids)


def articles_of(session: Session, campaign: Campaign) -> list[Article]:
    """The articles an editor chose, in that order."""
    ids = campaign.article_ids or []
    found = {a.id: a for a in session.scalars(select(Article).where(Article.id.in_(ids)))}
    return [found[number] for number in ids if number in found]
