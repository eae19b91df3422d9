"""What editors do with topics and sources: add one, pause a source, ask for it now."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.subscription import MAX_TOPICS
from app.feeds.addresses import read_url
from app.feeds.errors import BadUrl
from app.store.tables import Article, FormerTopic, Source, Topic

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 40


DEFAULT_TOPICS = (
    ("politics", "سياسة", "Politics"),
    ("economy", "اقتصاد", "Economy"),
    ("society", "مجتمع", "Society"),
    ("culture", "ثقافة", "Culture"),
    ("technology", "علوم وتقنية", "Science and technology"),
    ("sport", "رياضة", "Sport"),
)
"""What a newsroom that has founded no topic yet begins with: slug and names."""


class InvalidSource(Exception):
    """A source or topic cannot be made so. `code` is stable; `detail` is what was given."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def add_source(
    session: Session,
    *,
    now: datetime,
    url: str,
    topic: str,
    name: str = "",
    follow_links: bool = False,
) -> Source:
    """A new source, due at once; the caller enqueues its fetching after the commit.

    Whether anything is there is found out by that fetch and told on the source. Raises
    `InvalidSource`: bad_url, unknown_topic, known_source.
    """
    try:
        address = read_url(url.strip()).url
    except BadUrl as error:
        raise InvalidSource("bad_url", error.detail) from None
    topic_id = session.scalar(select(Topic.id).where(Topic.slug == topic))
    if topic_id is None:
        raise InvalidSource("unknown_topic", topic)
    source = Source(
        url=address,
        name=name.strip(),
        topic_id=topic_id,
        follow_links=follow_links,
        created_at=now,
        next_poll_at=now,
    )
    try:
        with session.begin_nested():
            session.add(source)
    except IntegrityError:
        raise InvalidSource("known_source", address) from None
    return source


def request_fetch(session: Session, *, now: datetime, source_id: int) -> Source:
    """Makes the source due now, so that the clock fetches it even when the caller's enqueueing
    finds no queue. May be repeated. Raises `NoResultFound`."""
    source = session.get_one(Source, source_id)
    source.next_poll_at = now
    session.flush()
    return source


def set_source_active(session: Session, *, now: datetime, source_id: int, active: bool) -> Source:
    """Pauses a source, or lets it go on at once. Raises `NoResultFound`."""
    source = session.get_one(Source, source_id)
    source.active = active
    if active:
        source.next_poll_at = now
    session.flush()
    return source


def remove_source(session: Session, *, source_id: int) -> Source:
    """Takes away a source that no article has come from; one with articles is paused instead,
    since they remember where they came from. Raises `InvalidSource` (has_articles),
    `NoResultFound`."""
    source = session.get_one(Source, source_id, with_for_update=True)
    if articles_of(session, source_id):
        raise InvalidSource("has_articles", source.url)
    session.execute(delete(Source).where(Source.id == source_id))
    session.expunge(source)
    return source


def articles_of(session: Session, source_id: int) -> int:
    """How many articles have come from a source."""
    counted = select(func.count()).where(Article.source_id == source_id)
    return session.scalar(counted) or 0


def add_topic(session: Session, *, slug: str, name_ar: str, name_en: str) -> Topic:
    """A new topic, last in the order. It takes the lowest bit that no topic has or had.

    Raises `InvalidSource`: bad_slug, needs_name, slug_taken, too_many_topics.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise InvalidSource("bad_slug", slug)
    if not name_ar.strip() or not name_en.strip():
        raise InvalidSource("needs_name")
    taken = {*session.scalars(select(Topic.bit)), *session.scalars(select(FormerTopic.bit))}
    free = next((bit for bit in range(MAX_TOPICS) if bit not in taken), None)
    if free is None:
        raise InvalidSource("too_many_topics", str(MAX_TOPICS))
    last = session.scalar(select(func.max(Topic.position)))
    topic = Topic(
        slug=slug,
        name_ar=name_ar.strip(),
        name_en=name_en.strip(),
        position=0 if last is None else last + 1,
        bit=free,
    )
    try:
        with session.begin_nested():
            session.add(topic)
    except IntegrityError:
        raise InvalidSource("slug_taken", slug) from None
    return topic


def ensure_default_topics(session: Session) -> None:
    """Founds `DEFAULT_TOPICS` in a database that has no topic at all. May be repeated."""
    if session.scalar(select(Topic.id).limit(1)) is None:
        for slug, name_ar, name_en in DEFAULT_TOPICS:
            add_topic(session, slug=slug, name_ar=name_ar, name_en=name_en)
