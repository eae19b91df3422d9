"""The front page and the articles: the news site around the newsletter box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.store.pictures import kept
from app.store.tables import Article, Topic
from app.usecases.compose_edition import own_body
from app.web import scope
from app.web.i18n import gettext, language
from app.web.public.blueprint import public
from app.web.public.sharing import absolute, card_of_article, card_of_site
from app.web.public.signup_form import blank_form

SECTION_LENGTH = 4
LEAD_POOL = 12
"""The lead is the newest article with a picture among so many of the newest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    topic: Topic
    articles: Sequence[Article]


@public.get("/")
def home() -> str:
    lead = find_lead(scope.session())
    sections = find_sections(scope.session(), without=lead.id if lead else 0)
    card = card_of_site(
        title=scope.brand().site_name,
        description=gettext("Join our mailing list to get the latest updates!"),
        url=absolute("public.home"),
        language=language(),
    )
    shown = [one for section in sections for one in section.articles] + ([lead] if lead else [])
    return render_template(
        "public/home.html",
        lead=lead,
        sections=sections,
        pictures=kept(scope.session(), [one.image_url for one in shown]),
        shared=card,
        form=blank_form(),
    )


@public.get("/a/<int:article_id>")
def article(article_id: int) -> str:
    found = None
    if article_id < 2**63:
        found = scope.session().get(Article, article_id, options=[joinedload(Article.topic)])
    if found is None:
        abort(404)
    if found.withdrawn_at is not None:
        abort(410)
    more = find_more(scope.session(), found)
    pictures = kept(scope.session(), [one.image_url for one in (found, *more)])
    return render_template(
        "public/article.html",
        article=found,
        body=own_body(scope.session(), found, base_url=""),
        more=more,
        pictures=pictures,
        shared=card_of_article(found, pictures.get(found.image_url)),
        form=blank_form(),
    )


def find_lead(session: Session) -> Article | None:
    newest = session.scalars(
        select(Article)
        .where(Article.withdrawn_at.is_(None))
        .options(joinedload(Article.topic))
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(LEAD_POOL)
    ).all()
    pictures = kept(session, [one.image_url for one in newest])
    with_one = (one for one in newest if one.image_url in pictures)
    return next(with_one, newest[0] if newest else None)


def find_sections(session: Session, *, without: int) -> list[Section]:
    """The newest articles of every topic that has any, in the order of the topics."""
    rank = func.row_number().over(
        partition_by=Article.topic_id,
        order_by=(Article.published_at.desc(), Article.id.desc()),
    )
    shown = Article.withdrawn_at.is_(None) & (Article.id != without)
    ranked = select(Article.id, rank.label("rank")).where(shown).subquery()
    articles = session.scalars(
        select(Article)
        .join(ranked, ranked.c.id == Article.id)
        .join(Topic, Topic.id == Article.topic_id)
        .where(ranked.c.rank <= SECTION_LENGTH)
        .options(joinedload(Article.topic))
        .order_by(Topic.position, Topic.id, ranked.c.rank)
    )
    grouped: dict[int, list[Article]] = {}
    for one in articles:
        grouped.setdefault(one.topic_id, []).append(one)
    return [Section(topic=group[0].topic, articles=group) for group in grouped.values()]


def find_more(session: Session, found: Article) -> Sequence[Article]:
    """A few more of the same topic."""
    return session.scalars(
        select(Article)
        .where(
            Article.topic_id == found.topic_id,
            Article.id != found.id,
            Article.withdrawn_at.is_(None),
        )
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(3)
    ).all()
