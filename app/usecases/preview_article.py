"""How one article looks in a mail, before it is saved or after: the card that readers get."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.article import ArticleDraft
from app.domain.campaign import CampaignKind
from app.links import picture_url
from app.mail.content import EditionArticle, EditionContent, RenderedMail
from app.mail.render import render_edition
from app.store.pictures import kept
from app.usecases.manage_brand import read_brand
from app.usecases.preview_edition import without_slots


def preview_article(
    session: Session,
    settings: Settings,
    draft: ArticleDraft,
    *,
    topic: str,
    language: str,
    now: datetime,
) -> RenderedMail:
    """A digest of this one article, with tokens that open nothing. A picture of which there is no
    copy of ours yet is shown from where it stands. Changes nothing."""
    copy = kept(session, [draft.image_url]).get(draft.image_url)
    shown = EditionArticle(
        id=0,
        url=draft.url or settings.base_url,
        kicker=draft.kicker,
        headline=draft.headline,
        standfirst=draft.standfirst,
        body_html=draft.body_html,
        image_url=picture_url(settings.base_url, copy.name) if copy else draft.image_url,
        image_width=copy.width if copy else 0,
        image_height=copy.height if copy else 0,
        image_alt=draft.image_alt or draft.image_caption,
        image_caption=draft.image_caption,
        related=tuple((link.title, link.url) for link in draft.related),
        byline=draft.byline,
        topic=topic,
        published_at=draft.published_at or now,
    )
    content = EditionContent(
        kind=CampaignKind.DIGEST,
        language=language,
        subject="",
        preheader="",
        date=now,
        note="",
        articles=(shown,),
        web_url=f"{settings.base_url}/archive",
    )
    return without_slots(render_edition(content, brand=read_brand(session, settings)))
