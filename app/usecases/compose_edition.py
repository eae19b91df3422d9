"""Composes an edition: which articles a campaign may take, and a list of them rendered to a mail.

Stands between the articles that came in and `launch_campaign`, which freezes what is composed
here; the admin's preview shows the same rendering with harmless tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.brand import Brand
from app.domain.campaign import CampaignKind, CampaignState
from app.domain.window import EVERY_TOPIC, LONGEST_GAP, MAX_CANDIDATES, Candidate, window_start
from app.links import picture_url
from app.mail.content import EditionArticle, EditionContent, RenderedMail
from app.mail.render import render_edition
from app.pictures.in_body import addresses_in, with_own_pictures
from app.store.audience import has_changed_pace
from app.store.pictures import kept
from app.store.tables import Article, Campaign, Schedule


def set_window(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Fixes the window of a digest that takes what is new; others have none. That of a run whose
    draft was shown for approval stays as it was then."""
    if campaign.kind is not CampaignKind.DIGEST or campaign.article_ids is not None:
        return
    if campaign.approval is not None and campaign.window_end is not None:
        return
    schedule = session.get(Schedule, campaign.schedule_id) if campaign.schedule_id else None
    last_end = None
    if schedule is not None:
        last_end = session.scalar(
            select(Campaign.window_end)
            .where(
                Campaign.schedule_id == schedule.id,
                Campaign.id != campaign.id,
                Campaign.prepared_at.is_not(None),
                Campaign.state != CampaignState.CANCELLED,
            )
            .order_by(Campaign.window_end.desc())
            .limit(1)
        )
    campaign.window_end = now
    campaign.window_start = window_start(
        now, last_end=last_end, cadence=schedule.cadence if schedule else None
    )


def find_candidates(session: Session, campaign: Campaign) -> list[Candidate]:
    """The articles this campaign may contain, newest first, or in the editor's order. Those of
    before the window, for readers who have changed their pace since it opened, come last.

    An alert's article counts as one of the topics that the alert is for. The window goes by when
    an article was first seen, so that one that came in late with an old date is not lost. What
    was withdrawn enters no campaign.
    """
    columns = select(Article.id, Article.topic_mask).where(Article.withdrawn_at.is_(None))
    if campaign.article_ids is not None:
        found = {
            row.id: row.topic_mask
            for row in session.execute(columns.where(Article.id.in_(campaign.article_ids)))
        }
        for_topics = campaign.topic_mask or EVERY_TOPIC
        is_alert = campaign.kind is CampaignKind.ALERT
        return [
            Candidate(article_id=number, topic_mask=for_topics if is_alert else found[number])
            for number in dict.fromkeys(campaign.article_ids)
            if number in found
        ]
    if campaign.kind is not CampaignKind.DIGEST:
        return []
    assert campaign.window_start is not None
    assert campaign.window_end is not None
    opens = campaign.window_start
    if campaign.schedule_id and has_changed_pace(session, campaign.cadences, opens):
        opens = min(opens, campaign.window_end - LONGEST_GAP)
    fresh = Article.ingested_at > campaign.window_start
    query = columns.add_columns(fresh.label("fresh")).where(
        Article.ingested_at > opens, Article.ingested_at <= campaign.window_end
    )
    if campaign.topic_mask:
        query = query.where(Article.topic_mask.op("&")(campaign.topic_mask) != 0)
    newest = query.order_by(fresh.desc(), Article.published_at.desc(), Article.id.desc())
    return [
        Candidate(article_id=row.id, topic_mask=row.topic_mask, fresh=row.fresh)
        for row in session.execute(newest.limit(MAX_CANDIDATES))
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """What a campaign may contain if it is prepared now; `since` is where its window opens, None
    for one that has none."""

    candidates: list[Candidate]
    since: datetime | None

    @property
    def article_ids(self) -> list[int]:
        return [candidate.article_id for candidate in self.candidates]

    @property
    def fresh_ids(self) -> list[int]:
        return [candidate.article_id for candidate in self.candidates if candidate.fresh]


def coming_candidates(session: Session, campaign: Campaign, *, now: datetime) -> Coming:
    """The articles that it may contain if it is prepared now. Changes nothing: the window that
    it sets is set back."""
    window = campaign.window_start, campaign.window_end
    with session.no_autoflush:
        if campaign.prepared_at is None:
            set_window(session, campaign, now=now)
        coming = Coming(candidates=find_candidates(session, campaign), since=campaign.window_start)
        campaign.window_start, campaign.window_end = window
    return coming


def load_articles(
    session: Session, article_ids: Sequence[int], *, language: str, base_url: str
) -> list[EditionArticle]:
    """What a mail shows of these articles, in this order, with our own copies of the pictures;
    one that is not ready is left out."""
    found = session.scalars(
        select(Article).where(Article.id.in_(article_ids)).options(joinedload(Article.topic))
    ).all()
    copies = OwnPictures(session, found, base_url=base_url)
    by_id = {article.id: _shown(article, language, copies) for article in found}
    return [by_id[number] for number in article_ids if number in by_id]


def render_list(
    brand: Brand,
    campaign: Campaign,
    articles: Sequence[EditionArticle],
    *,
    date: datetime,
    web_url: str,
    note_links: Mapping[str, str] = MappingProxyType({}),
    subject: str | None = None,
) -> RenderedMail:
    """The mail of one list of articles, with slots where a reader's tokens go. `web_url` is where
    it can be read in a browser, `note_links` where the addresses in the note lead instead,
    `subject` another one than the campaign's own."""
    content = EditionContent(
        kind=campaign.kind,
        design=campaign.design,
        language=campaign.language,
        subject=campaign.subject if subject is None else subject,
        preheader=campaign.preheader,
        date=date,
        note=campaign.note,
        note_links=note_links,
        articles=tuple(articles),
        web_url=web_url,
    )
    return render_edition(content, brand=brand)


def own_body(session: Session, article: Article, *, base_url: str) -> str:
    """The article's text with our own copies of its pictures."""
    copies = OwnPictures(session, [article], base_url=base_url)
    return with_own_pictures(article.body_html, copies.of)


class OwnPictures:
    """Our copies of what these articles show, with addresses of this site."""

    def __init__(self, session: Session, articles: Sequence[Article], *, base_url: str) -> None:
        self._base_url = base_url
        self._kept = kept(
            session,
            [url for one in articles for url in (one.image_url, *addresses_in(one.body_html))],
        )

    def of(self, url: str) -> tuple[str, int, int] | None:
        """Address, width and height of the copy, if there is one."""
        copy = self._kept.get(url)
        return (picture_url(self._base_url, copy.name), copy.width, copy.height) if copy else None

    def small(self, url: str) -> str:
        """The address of the copy's small one, as a card shows it; "" if there is none."""
        copy = self._kept.get(url)
        return picture_url(self._base_url, copy.name, small=True) if copy else ""


def _shown(article: Article, language: str, copies: OwnPictures) -> EditionArticle:
    picture, width, height = copies.of(article.image_url) or ("", 0, 0)
    return EditionArticle(
        id=article.id,
        url=article.url,
        kicker=article.kicker,
        headline=article.headline,
        standfirst=article.standfirst,
        body_html=with_own_pictures(article.body_html, copies.of),
        image_url=picture,
        image_width=width,
        image_height=height,
        small_image_url=copies.small(article.image_url),
        image_alt=article.image_alt or article.image_caption,
        image_caption=article.image_caption,
        related=tuple((link["title"], link["url"]) for link in article.related),
        byline=article.byline,
        topic=article.topic.name(language),
        published_at=article.published_at,
    )
