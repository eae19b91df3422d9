"""Writes an edition into the archive when it is launched, and hides it or shows it later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.archive import Story
from app.domain.campaign import CampaignKind
from app.domain.edition import Design
from app.domain.folding import search_text
from app.links import pictures_in
from app.mail.clean import clean_text, clipped, web_url
from app.mail.content import EditionArticle
from app.store.pictures import note_shown
from app.store.tables import Campaign, Edition
from app.usecases.campaign_steps import load

_SEARCHED = 100_000
"""Characters of an edition that can be found: far more than a mail holds."""


def archive_edition(
    session: Session,
    campaign: Campaign,
    articles: Sequence[EditionArticle],
    *,
    site_name: str,
    now: datetime,
) -> Edition:
    """Keeps what the edition says: the articles of all its variants, the lead first. `site_name`
    is the title of an edition that has neither subject nor article."""
    whole = campaign.design is Design.ALERT
    stories = [_story(article, whole=whole and not place) for place, article in enumerate(articles)]
    lead = stories[0] if stories else None
    title = clipped(campaign.subject, 200) or (lead.headline if lead else "")
    note = "\n".join(clean_text(line) for line in campaign.note.splitlines()).strip()
    summary = lead.standfirst if lead and campaign.kind is not CampaignKind.ANNOUNCEMENT else ""
    edition = Edition(
        campaign_id=campaign.id,
        language=campaign.language,
        title=title or clean_text(site_name),
        summary=summary or clipped(note, 200),
        note=note,
        stories=[story.stored() for story in stories],
        folded=search_text(_searched(title, note, stories)),
        sent_at=now,
        changed_at=now,
    )
    session.add(edition)
    session.flush()
    pictured = "\n".join(f"{one.image_url}\n{one.body_html}" for one in stories)
    note_shown(session, campaign.id, sorted(pictures_in(pictured)))
    return edition


def set_public(session: Session, *, now: datetime, campaign_id: int, public: bool) -> Campaign:
    """Shows the campaign's edition in the archive, or keeps it out; before it goes out as well as
    after. May be repeated. Raises `CampaignMissing`."""
    campaign = load(session, campaign_id)
    campaign.public = public
    session.execute(
        update(Edition).where(Edition.campaign_id == campaign_id).values(changed_at=now)
    )
    session.flush()
    return campaign


def _story(article: EditionArticle, *, whole: bool) -> Story:
    headline = clipped(article.headline, 240) or clipped(article.standfirst, 120) or article.url
    image_url = web_url(article.image_url)
    return Story(
        article_id=article.id,
        kicker=clipped(article.kicker, 80),
        headline=headline,
        standfirst=clipped(article.standfirst, 420),
        body_html=article.body_html if whole else "",
        image_url=image_url,
        image_alt=clipped(article.image_alt or article.image_caption or headline, 200),
        image_caption=clipped(article.image_caption, 200),
        image_width=article.image_width if image_url else 0,
        image_height=article.image_height if image_url else 0,
        related=tuple(
            (clipped(title, 200), web_url(url))
            for title, url in article.related
            if web_url(url) and clean_text(title)
        ),
        byline=clipped(article.byline, 120),
        topic=clipped(article.topic, 80),
        published_at=article.published_at,
    )


def _searched(title: str, note: str, stories: Sequence[Story]) -> str:
    texts = [title, note]
    for one in stories:
        texts += [one.kicker, one.headline, one.standfirst, one.byline, one.topic]
        texts += [one.image_caption, one.body_text]
    return "\n".join(texts)[:_SEARCHED]
