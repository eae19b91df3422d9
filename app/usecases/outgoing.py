"""What a campaign would send if it went out now: its lists of articles and who gets which.

The preflight looks at this before anything is frozen; `launch_campaign` freezes the same for good.
Nothing here changes a row: temporary tables end with the caller's transaction.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import ONE_FOR_ALL, CampaignKind
from app.domain.window import Candidate, articles_of, list_mask
from app.mail.render import MailTooLarge
from app.store.audience import count_followers, followed_masks, freeze_everyone, freeze_readers
from app.store.tables import Article, Campaign
from app.usecases.compose_edition import coming_candidates, load_articles, render_list
from app.usecases.manage_brand import read_brand
from app.usecases.try_subjects import second_subject


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingList:
    """One list of articles; `readers` is None where they are not counted."""

    article_ids: tuple[int, ...]
    readers: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """The lists, the fullest first. `had` are readers who get nothing, having had it all;
    `stale` counts the new candidates that all their readers have had."""

    candidates: tuple[Candidate, ...]
    lists: tuple[OutgoingList, ...]
    readers: int | None
    had: int
    stale: int


def outgoing(
    session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo, counted: bool
) -> Outgoing:
    """The lists that would go out. `counted` gives exact numbers of readers, for the price of a
    freezing; without it the lists are those of everybody's topics, had before or not."""
    coming = coming_candidates(session, campaign, now=now)
    candidates = coming.candidates
    if not candidates and campaign.kind is not CampaignKind.ANNOUNCEMENT:
        return Outgoing(candidates=(), lists=(), readers=0 if counted else None, had=0, stale=0)
    if campaign.kind in ONE_FOR_ALL:
        return _for_everyone(session, campaign, candidates, now=now, zone=zone, counted=counted)
    if not counted:
        masks = {list_mask(t, candidates) for t in followed_masks(session, campaign)} - {0}
        lists = [_list(mask, candidates, None) for mask in masks]
        return _sorted(candidates, lists, readers=None, had=0, stale=0)
    sizes = freeze_readers(session, campaign, candidates, since=coming.since, now=now, zone=zone)
    readers = sum(count for _, count in sizes)
    lists = [_list(mask, candidates, count) for mask, count in sizes]
    given = {number for one in lists for number in one.article_ids}
    had = count_followers(session, campaign, now=now, zone=zone) - readers
    new = [c.article_id for c in candidates if c.fresh]
    stale = len(set(new) - given) if had or readers else 0
    return _sorted(candidates, lists, readers=readers, had=had, stale=stale)


def _for_everyone(
    session: Session,
    campaign: Campaign,
    candidates: list[Candidate],
    *,
    now: datetime,
    zone: ZoneInfo,
    counted: bool,
) -> Outgoing:
    sizes = freeze_everyone(session, campaign, now=now, zone=zone) if counted else []
    readers = sum(count for _, count in sizes) if counted else None
    ids = tuple(candidate.article_id for candidate in candidates)
    lists = [] if readers == 0 else [OutgoingList(article_ids=ids, readers=readers)]
    return _sorted(candidates, lists, readers=readers, had=0, stale=0)


def _list(mask: int, candidates: list[Candidate], readers: int | None) -> OutgoingList:
    return OutgoingList(article_ids=tuple(articles_of(mask, candidates)), readers=readers)


def _sorted(
    candidates: list[Candidate],
    lists: list[OutgoingList],
    *,
    readers: int | None,
    had: int,
    stale: int,
) -> Outgoing:
    lists.sort(key=lambda one: (-len(one.article_ids), -(one.readers or 0), one.article_ids))
    return Outgoing(
        candidates=tuple(candidates), lists=tuple(lists), readers=readers, had=had, stale=stale
    )


def content_hash(
    session: Session, settings: Settings, campaign: Campaign, *, now: datetime
) -> bytes:
    """What the campaign would say now, as 32 bytes: any change of articles, texts, design, brand
    or audience rules gives another; the time alone does not, nor who is subscribed."""
    candidates = coming_candidates(session, campaign, now=now).candidates
    ids = [candidate.article_id for candidate in candidates]
    revisions = dict(
        session.execute(select(Article.id, Article.revision).where(Article.id.in_(ids))).all()
    )
    facts = {
        "articles": [[c.article_id, c.topic_mask, revisions.get(c.article_id)] for c in candidates],
        "topics": campaign.topic_mask,
        "cadences": campaign.cadences,
        "segment": campaign.segment,
        "least": campaign.min_articles,
        "second": asdict(second_subject(session, campaign.id)),
        "texts": [campaign.kind, campaign.language, campaign.subject, campaign.note],
    }
    digest = hashlib.sha256(json.dumps(facts).encode())
    if ids or campaign.kind is CampaignKind.ANNOUNCEMENT:
        articles = load_articles(
            session, ids, language=campaign.language, base_url=settings.base_url
        )
        brand = read_brand(session, settings)
        try:
            mail = render_list(brand, campaign, articles, date=campaign.created_at, web_url="")
        except MailTooLarge:
            return digest.digest()
        digest.update(f"{mail.subject}\0{mail.html}\0{mail.text}".encode())
    return digest.digest()
