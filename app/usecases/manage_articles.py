"""What the newsroom does with articles: adds one by its address or by hand, takes one that a CMS
pushes, edits one, withdraws and restores it.

An article keeps when it first came in, so that an edit is no news. What staff have edited is not
written over by its feed or CMS; what is withdrawn enters no edition and is not shown on the site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.article import ArticleDraft, Origin
from app.pictures.in_body import addresses_in
from app.store.pictures import want
from app.store.tables import Article, Topic
from app.usecases.article_rows import content_of
from app.usecases.former_topics import meant_by

_BY_HAND = re.compile(r"hand:[0-9a-f]{32}")


class InvalidArticle(Exception):
    """An article cannot be made so. `code` is stable: needs_topic, unknown_topic, known_article,
    edited; `detail` is what was given, or the number of the article that is there."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """What came of a push: "created", "updated", "unchanged", or "kept", which says that staff
    have edited the article and their version stays."""

    status: Literal["created", "updated", "unchanged", "kept"]
    article: Article


def add_by_link(
    session: Session, draft: ArticleDraft, *, topics: Sequence[str], now: datetime
) -> Article:
    """A new article from a page that was read. Raises `InvalidArticle`; known_article for an
    address that an article has, from wherever it came."""
    return _add(session, draft, Origin.LINK, topics=topics, now=now)


def add_by_hand(
    session: Session, draft: ArticleDraft, *, topics: Sequence[str], base_url: str, now: datetime
) -> Article:
    """A new article that was written in admin. Its guid comes from the form, so that a form sent
    twice is refused as known_article; without an address of its own it stands on this site."""
    if not _BY_HAND.fullmatch(draft.guid):
        raise ValueError("the guid of an article by hand is hand: and 32 hexadecimal digits")
    article = _add(session, draft, Origin.HAND, topics=topics, now=now)
    if not article.url:
        article.url = f"{base_url}/a/{article.id}"
        session.flush()
    return article


def push_article(
    session: Session, draft: ArticleDraft, *, topics: Sequence[str], base_url: str, now: datetime
) -> Pushed:
    """An article of the CMS: new, or the next version of the one with its guid. May be repeated,
    and two at once do no harm. Raises `InvalidArticle` (needs_topic, unknown_topic)."""
    content = content_of(draft, _topics(session, topics), now=now)
    made = session.scalar(
        insert(Article)
        .values(
            origin=Origin.PUSH,
            guid=draft.guid,
            published_at=draft.published_at or now,
            ingested_at=now,
            **content,
        )
        .on_conflict_do_nothing(index_elements=["guid"], index_where=Article.source_id.is_(None))
        .returning(Article)
    )
    status: Literal["created", "updated", "unchanged", "kept"] = "created"
    article = made or find_pushed(session, draft.guid)
    if made is None:
        same = article.content_hash == draft.content_hash and (
            article.topic_mask == content["topic_mask"]
        )
        status = "unchanged" if same else "kept" if article.edited_at else "updated"
    if status == "updated":
        url = draft.url or article.url
        for name, value in {**content, "url": url}.items():
            setattr(article, name, value)
        article.published_at = draft.published_at or article.published_at
        article.revision += 1
    if not article.url:
        article.url = f"{base_url}/a/{article.id}"
    session.flush()
    _want_pictures(session, article, now=now)
    return Pushed(status=status, article=article)


def find_pushed(session: Session, guid: str) -> Article:
    """The article that a CMS knows by this guid, locked. Raises `NoResultFound`."""
    return session.scalars(
        select(Article)
        .where(Article.guid == guid, Article.source_id.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def edit_article(
    session: Session,
    article_id: int,
    draft: ArticleDraft,
    *,
    revision: int,
    topics: Sequence[str],
    now: datetime,
) -> Article:
    """The staff's own version of an article; its guid and address stay what they were.

    `revision` is the version that was opened: raises `InvalidArticle` ("edited") when another one
    has been written since, and `NoResultFound`.
    """
    article = session.get_one(Article, article_id, with_for_update=True, populate_existing=True)
    if article.revision != revision:
        raise InvalidArticle("edited", str(article.revision))
    content = content_of(draft, _topics(session, topics), now=now)
    kept = ("content_hash", "url")  # what the feed said last stays comparable with what it says
    for name, value in content.items():
        if name not in kept:
            setattr(article, name, value)
    article.revision += 1
    article.edited_at = now
    session.flush()
    _want_pictures(session, article, now=now)
    return article


def withdraw(session: Session, article_id: int, *, now: datetime) -> Article:
    """Takes an article out of coming editions and off the site; mails that are out stay as they
    are. May be repeated. Raises `NoResultFound`."""
    article = session.get_one(Article, article_id, with_for_update=True, populate_existing=True)
    article.withdrawn_at = article.withdrawn_at or now
    session.flush()
    return article


def restore(session: Session, article_id: int) -> Article:
    """Undoes a withdrawal. May be repeated. Raises `NoResultFound`."""
    article = session.get_one(Article, article_id, with_for_update=True, populate_existing=True)
    article.withdrawn_at = None
    session.flush()
    return article


def _add(
    session: Session, draft: ArticleDraft, origin: Origin, *, topics: Sequence[str], now: datetime
) -> Article:
    content = content_of(draft, _topics(session, topics), now=now)
    same = (Article.guid == draft.guid) & Article.source_id.is_(None)
    known = select(Article.id).where(same | (Article.url == draft.url) if draft.url else same)
    there = session.scalar(known.limit(1))
    made: Article | None = None
    if there is None:
        made = session.scalar(
            insert(Article)
            .values(
                origin=origin,
                guid=draft.guid,
                published_at=draft.published_at or now,
                ingested_at=now,
                **content,
            )
            .on_conflict_do_nothing(
                index_elements=["guid"], index_where=Article.source_id.is_(None)
            )
            .returning(Article)
        )
    if made is None:
        raise InvalidArticle("known_article", str(there or session.scalar(known.limit(1)) or ""))
    _want_pictures(session, made, now=now)
    return made


def _topics(session: Session, slugs: Sequence[str]) -> list[Topic]:
    """The topics in the order given."""
    wanted = list(dict.fromkeys(slugs))
    if not wanted:
        raise InvalidArticle("needs_topic")
    found = {t.slug: t for t in session.scalars(select(Topic).where(Topic.slug.in_(wanted)))}
    found |= meant_by(session, [slug for slug in wanted if slug not in found])
    missing = [slug for slug in wanted if slug not in found]
    if missing:
        raise InvalidArticle("unknown_topic", ", ".join(missing))
    return list(dict.fromkeys(found[slug] for slug in wanted))


def _want_pictures(session: Session, article: Article, *, now: datetime) -> None:
    want(session, [article.image_url, *addresses_in(article.body_html)], now=now)
