"""What an editor makes of the categories that a source's entries carry: a topic of ours, nothing,
or whatever topic has the same name. Applied at once to what came in lately, then at every ingest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.article import fold_name
from app.domain.subscription import topic_mask
from app.feeds.addresses import read_url
from app.feeds.errors import BadUrl
from app.store.tables import Article, Hub, Source, SourceCategory, Topic
from app.usecases.manage_sources import InvalidSource
from app.usecases.write_articles import TopicFinder

BY_NAME, IGNORED = "", "-"
"""Choices beside a topic's slug."""

REFILED = timedelta(days=30)
"""How far back a new mapping reaches: what is older stands where its readers remember it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapped:
    """A category as the editor sees it: the choice made, the topic it leads to (None: the
    source's own), and how many of the source's articles carry it."""

    id: int
    name: str
    choice: str
    topic: Topic | None
    articles: int


def read_categories(session: Session, source: Source) -> list[Mapped]:
    """All categories that were seen, those of most articles first."""
    counts = _counts(session, source.id)
    finder = TopicFinder(session, source)
    found = session.scalars(
        select(SourceCategory).where(SourceCategory.source_id == source.id)
    ).all()
    rows = [
        Mapped(
            id=one.id,
            name=one.name,
            choice=IGNORED if one.ignored else one.topic.slug if one.topic else BY_NAME,
            topic=finder.named(one.name),
            articles=counts[one.key],
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: (-row.articles, row.name))


def map_categories(
    session: Session, *, now: datetime, source_id: int, choices: Mapping[int, str]
) -> int:
    """Keeps the choices, each `BY_NAME`, `IGNORED` or a topic's slug, by the category's id, and
    files anew what came in within `REFILED`; the number of articles that changed their topics.

    Categories that are not the source's are passed over. Raises `InvalidSource`
    (unknown_topic) and then changes nothing; `NoResultFound` without such a source.
    """
    source = session.get_one(Source, source_id)
    topics = {topic.slug: topic.id for topic in session.scalars(select(Topic))}
    unknown = set(choices.values()) - topics.keys() - {BY_NAME, IGNORED}
    if unknown:
        raise InvalidSource("unknown_topic", unknown.pop())
    for category in session.scalars(
        select(SourceCategory).where(
            SourceCategory.source_id == source_id, SourceCategory.id.in_(choices)
        )
    ):
        choice = choices[category.id]
        category.topic_id = topics.get(choice)
        category.ignored = choice == IGNORED
    session.flush()
    return refile(session, source, since=now - REFILED)


def refile(session: Session, source: Source, *, since: datetime) -> int:
    """Puts the source's articles that came in after `since` under the topics that their
    categories lead to now. What staff have edited stays where they put it."""
    finder = TopicFinder(session, source)
    changed = 0
    for article in session.scalars(
        select(Article).where(
            Article.source_id == source.id,
            Article.ingested_at > since,
            Article.edited_at.is_(None),
        )
    ):
        topics = finder.of(article.categories)
        filed = topics[0].id, topic_mask([topic.bit for topic in topics])
        if filed != (article.topic_id, article.topic_mask):
            article.topic_id, article.topic_mask = filed
            changed += 1
    session.flush()
    return changed


def change_source(
    session: Session,
    *,
    now: datetime,
    source_id: int,
    name: str,
    topic: str,
    follow_links: bool,
    url: str = "",
) -> Source:
    """Another name or topic for a source; what came in lately follows its new topic. Another
    address (empty: the same) is looked at at once, as if nothing were known of it.

    Raises `InvalidSource` (unknown_topic, bad_url, known_source), `NoResultFound`.
    """
    source = session.get_one(Source, source_id)
    if url:
        _readdress(session, source, url, now=now)
    topic_id = session.scalar(select(Topic.id).where(Topic.slug == topic))
    if topic_id is None:
        raise InvalidSource("unknown_topic", topic)
    moved = topic_id != source.topic_id
    source.name, source.topic_id, source.follow_links = name.strip(), topic_id, follow_links
    session.flush()
    if moved:
        refile(session, source, since=now - REFILED)
    return source


def _readdress(session: Session, source: Source, url: str, *, now: datetime) -> None:
    try:
        address = read_url(url.strip()).url
    except BadUrl as error:
        raise InvalidSource("bad_url", error.detail) from None
    if address == source.url:
        return
    if session.scalar(select(Source.id).where(Source.url == address)) is not None:
        raise InvalidSource("known_source", address)
    source.url, source.etag, source.last_modified = address, "", ""
    source.error_code, source.error_detail, source.failures = "", "", 0
    source.next_poll_at = now
    session.execute(delete(Hub).where(Hub.source_id == source.id))


def _counts(session: Session, source_id: int) -> Counter[str]:
    lists: Sequence[list[str]] = session.scalars(
        select(Article.categories).where(Article.source_id == source_id)
    ).all()
    return Counter(fold_name(name) for names in lists for name in names)
