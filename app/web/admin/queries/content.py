"""Reads for the pages about articles, topics and sources."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from app.store.pictures import url_hash
from app.store.tables import ApiToken, Article, FormerTopic, Hub, Picture, Source, Topic


def topics(session: Session) -> Sequence[Topic]:
    """All topics in the order readers see them."""
    return session.scalars(select(Topic).order_by(Topic.position, Topic.id)).all()


_SPELLINGS = ("أإآٱىئؤةھک٠١٢٣٤٥٦٧٨٩ـًٌٍَُِّْٰٓٔ", "ااااييوههك0123456789")
"""Letters that are written in more than one way, and the one each is compared as; those without
one (tatweel, vowel marks) do not count."""


def folded(text: SQLColumnExpression[str]) -> ColumnElement[str]:
    """A text for comparison, on the database's side: case, vowel marks, the spellings of alef,
    yeh and teh marbuta and the family of the digits do not count."""
    return func.translate(func.lower(text), *_SPELLINGS)


def articles(topic: Topic | None, words_pattern: str | None) -> Select[Article]:
    """Newest first, of a topic and with the words in one of its texts, however they are spelt."""
    query = (
        select(Article)
        .options(joinedload(Article.topic), joinedload(Article.source))
        .order_by(Article.published_at.desc(), Article.id.desc())
    )
    if topic is not None:
        query = query.where(Article.topic_mask.bitwise_and(1 << topic.bit) != 0)
    if words_pattern is not None:
        texts = (Article.headline, Article.standfirst, Article.kicker, Article.byline)
        query = query.where(
            or_(*(folded(text).like(folded(literal(words_pattern))) for text in texts))
        )
    return query


def article(session: Session, article_id: int) -> Article | None:
    return session.get(
        Article, article_id, options=[joinedload(Article.topic), joinedload(Article.source)]
    )


def picture(session: Session, url: str) -> Picture | None:
    """What became of an article's picture; None while nobody has asked for it."""
    return session.scalar(select(Picture).where(Picture.url_hash == url_hash(url)))


def sources(session: Session) -> Sequence[Source]:
    """All sources, those with an error first."""
    return session.scalars(
        select(Source)
        .options(joinedload(Source.topic))
        .order_by((Source.error_code == ""), Source.active.desc(), Source.id)
    ).all()


def hub(session: Session, source_id: int) -> Hub | None:
    return session.get(Hub, source_id)


def failing_sources(session: Session) -> Sequence[Source]:
    return session.scalars(
        select(Source).where(Source.error_code != "", Source.active).order_by(Source.id)
    ).all()


def has_articles(session: Session) -> bool:
    return session.scalar(select(Article.id).limit(1)) is not None


def former_topics(session: Session) -> Sequence[FormerTopic]:
    """Topics that were merged or removed, the latest first."""
    return session.scalars(
        select(FormerTopic).order_by(FormerTopic.ended_at.desc(), FormerTopic.id.desc())
    ).all()


def articles_by_topic(session: Session) -> dict[int, int]:
    """How many articles stand under each topic."""
    rows = session.execute(select(Article.topic_id, func.count()).group_by(Article.topic_id))
    return dict(rows.all())


def tokens(session: Session) -> Sequence[ApiToken]:
    """The tokens of CMSs, those that count first."""
    return session.scalars(
        select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
    ).all()


def articles_in_order(session: Session, article_ids: Sequence[int]) -> list[Article]:
    """These articles with their topics, in this order."""
    found = session.scalars(
        select(Article).where(Article.id.in_(article_ids)).options(joinedload(Article.topic))
    )
    by_id = {article.id: article for article in found}
    return [by_id[number] for number in article_ids if number in by_id]
