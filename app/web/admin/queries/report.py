"""Reads for the report of a campaign: a few statements over its chunks, its links and their hours.

None of them touches a delivery: a report on a million readers reads a few thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.report import Outcome
from app.domain.subscription import ConsentKind, SubscriberState
from app.store.tables import (
    BounceTally,
    Campaign,
    CampaignLink,
    ConsentEvent,
    Edition,
    LinkClicks,
    Subscriber,
)
from app.web.admin.queries.campaigns import Sums, sums_of

_COMPARED = 5


def previous_of(session: Session, campaign: Campaign) -> list[Campaign]:
    """The five campaigns before this one that were sent by the same schedule, or, for one that
    no schedule made, by hand with the same design; the newest first."""
    query = select(Campaign).where(
        Campaign.state == CampaignState.FINISHED, Campaign.id < campaign.id
    )
    if campaign.schedule_id is not None:
        query = query.where(Campaign.schedule_id == campaign.schedule_id)
    else:
        query = query.where(
            Campaign.schedule_id.is_(None),
            Campaign.kind == campaign.kind,
            Campaign.design == campaign.design,
        )
    return list(session.scalars(query.order_by(Campaign.id.desc()).limit(_COMPARED)))


def outcomes_of(session: Session, campaigns: Sequence[Campaign]) -> list[Outcome]:
    """What became of each of them, in their order."""
    ids = [campaign.id for campaign in campaigns]
    sums = sums_of(session, campaigns)
    back = _back(session, ids)
    left = _left(session, ids)
    clicks = _clicks(session, ids)
    titles = dict(
        session.execute(
            select(Edition.campaign_id, Edition.title).where(Edition.campaign_id.in_(ids))
        ).all()
    )
    return [
        Outcome(
            campaign_id=one.id,
            title=one.subject or titles.get(one.id, ""),
            audience=one.audience,
            sent=sums.get(one.id, Sums()).sent,
            failed=sums.get(one.id, Sums()).failed,
            hard=back.get(one.id, _NOTHING).hard,
            soft=back.get(one.id, _NOTHING).soft,
            complaints=back.get(one.id, _NOTHING).complaint,
            left=left.get(one.id, 0),
            people=clicks.get(one.id, (0, 0))[0],
            machines=clicks.get(one.id, (0, 0))[1],
            started_at=one.started_at,
            finished_at=one.finished_at,
        )
        for one in campaigns
    ]


_NOTHING = BounceTally(hard=0, soft=0, complaint=0)


def _back(session: Session, ids: Sequence[int]) -> dict[int, BounceTally]:
    """What came back by mail, as it was counted when it did."""
    rows = session.scalars(select(BounceTally).where(BounceTally.campaign_id.in_(ids)))
    return {row.campaign_id: row for row in rows}


def _left(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Who took it back within minutes, or came back since, has not left."""
    rows = session.execute(
        select(ConsentEvent.campaign_id, func.count(ConsentEvent.subscriber_id.distinct()))
        .join(Subscriber, Subscriber.id == ConsentEvent.subscriber_id)
        .where(
            ConsentEvent.campaign_id.in_(ids),
            ConsentEvent.kind == ConsentKind.UNSUBSCRIBED,
            Subscriber.state != SubscriberState.ACTIVE,
        )
        .group_by(ConsentEvent.campaign_id)
    )
    return {int(number): count for number, count in rows if number is not None}


def _clicks(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(CampaignLink.campaign_id, func.sum(LinkClicks.people), func.sum(LinkClicks.machines))
        .join(LinkClicks, LinkClicks.link_id == CampaignLink.id)
        .where(CampaignLink.campaign_id.in_(ids))
        .group_by(CampaignLink.campaign_id)
    )
    return {number: (int(people), int(machines)) for number, people, machines in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClickedLink:
    """A link of the campaign and how often it was opened."""

    title: str
    url: str
    article_id: int | None
    people: int
    machines: int


def links_of(session: Session, campaign_id: int) -> list[ClickedLink]:
    """All links of the campaign, the most opened first."""
    people = func.coalesce(func.sum(LinkClicks.people), 0)
    machines = func.coalesce(func.sum(LinkClicks.machines), 0)
    rows = session.execute(
        select(CampaignLink.title, CampaignLink.url, CampaignLink.article_id, people, machines)
        .outerjoin(LinkClicks, LinkClicks.link_id == CampaignLink.id)
        .where(CampaignLink.campaign_id == campaign_id)
        .group_by(CampaignLink.place, CampaignLink.title, CampaignLink.url, CampaignLink.article_id)
        .order_by(people.desc(), CampaignLink.place)
    )
    return [
        ClickedLink(
            title=title, url=url, article_id=article, people=int(clicked), machines=int(by_machines)
        )
        for title, url, article, clicked, by_machines in rows
    ]


def hours_of(session: Session, campaign_id: int) -> dict[datetime, int]:
    """People's clicks in each hour that has any; UTC."""
    rows = session.execute(
        select(LinkClicks.hour, func.sum(LinkClicks.people))
        .join(CampaignLink, CampaignLink.id == LinkClicks.link_id)
        .where(CampaignLink.campaign_id == campaign_id)
        .group_by(LinkClicks.hour)
    )
    return {hour: int(people) for hour, people in rows}
