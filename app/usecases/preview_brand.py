"""What a brand looks like on a mail, before anybody keeps it: the newest articles in a design."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.brand import Brand
from app.domain.campaign import CampaignKind
from app.domain.edition import Design
from app.mail.content import EditionArticle, EditionContent, RenderedMail
from app.mail.render import render_edition
from app.store.tables import Article
from app.usecases.compose_edition import load_articles
from app.usecases.preview_edition import without_slots

_SHOWN = 7
_NOTES = {
    "ar": "قرّاءنا الأعزاء،\n\nهكذا تبدو كلمة من التحرير في النشرة.",
    "en": "Dear readers,\n\nthis is what a word from the editors looks like.",
}
_HEADLINES = {
    "ar": (
        ("السوق القديم يفتح أبوابه بعد عامين من الترميم", "مدينة"),
        ("قطار الساحل يعود في الربيع بعربات جديدة", "اقتصاد"),
        ("مكتبة الحيّ تجمع 12,000 كتاب في أسبوع", "ثقافة"),
    ),
    "en": (
        ("The old market opens again after two years of repairs", "City"),
        ("The coast train is back in spring with new carriages", "Economy"),
        ("A neighbourhood library gathers 12,000 books in a week", "Culture"),
    ),
}
_STANDFIRST = {
    "ar": "سطران يقولان للقارئ ما الخبر ولماذا يهمّه اليوم.",
    "en": "Two lines that say what the news is, and why it matters today.",
}


def preview_brand(
    session: Session,
    *,
    settings: Settings,
    brand: Brand,
    now: datetime,
    design: Design,
    language: str,
) -> RenderedMail:
    """A mail in this brand that nobody is sent: with the newest articles, or where none has come
    in with invented ones. Its links open no reader's pages."""
    newest = session.scalars(
        select(Article.id)
        .where(Article.withdrawn_at.is_(None))
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(_SHOWN)
    ).all()
    articles = load_articles(session, newest, language=language, base_url=settings.base_url)
    content = EditionContent(
        kind=CampaignKind.DIGEST,
        design=design,
        language=language,
        subject="",
        preheader="",
        date=now,
        note=_NOTES[language],
        articles=tuple(articles) or _invented(brand, language, now),
        web_url=f"{settings.base_url}/archive",
    )
    return without_slots(render_edition(content, brand=brand))


def _invented(brand: Brand, language: str, now: datetime) -> tuple[EditionArticle, ...]:
    return tuple(
        EditionArticle(
            id=number,
            url=brand.site_url,
            kicker="",
            headline=headline,
            standfirst=_STANDFIRST[language],
            body_html=f"<p>{_STANDFIRST[language]}</p>",
            image_url="",
            image_alt="",
            image_caption="",
            related=(),
            byline="",
            topic=topic,
            published_at=now,
        )
        for number, (headline, topic) in enumerate(_HEADLINES[language], start=1)
    )
