"""Entries of a feed become articles: compared with what is there, put under their topics, written
as new ones or as the next revision. Whatever brought the feed, a look or a push, comes here.

`decide` is pure. Everything else works in the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.article import ArticleDraft, fold_name
from app.domain.polling import counted_at
from app.feeds.parse import ParsedFeed
from app.pictures.in_body import addresses_in
from app.store.pictures import want
from app.store.tables import Article, Source, SourceCategory, Topic
from app.usecases.article_rows import content_of
from app.usecases.follow_links import Followed
from app.usecases.former_topics import aliases


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is to be done with the entries of a feed."""

    new: tuple[ArticleDraft, ...]
    changed: tuple[ArticleDraft, ...]
    unchanged: int


def decide(known: Mapping[str, bytes], entries: Sequence[ArticleDraft]) -> Decision:
    """Compares entries with the content hashes that are there, by guid."""
    new = tuple(entry for entry in entries if entry.guid not in known)
    changed = tuple(
        entry
        for entry in entries
        if entry.guid in known and known[entry.guid] != entry.content_hash
    )
    return Decision(new=new, changed=changed, unchanged=len(entries) - len(new) - len(changed))


def write_articles(
    session: Session, source: Source, feed: ParsedFeed, followed: Followed, *, now: datetime
) -> Decision:
    """Writes what is new or changed, with what the followed pages say, and notes the categories;
    entries whose pages are left for later wait. May be repeated."""
    entries = [entry for entry in feed.entries if entry.guid not in followed.later]
    note_categories(session, source.id, entries, now=now)
    # An entry without an address has the site's: that marks nothing.
    _keep_marks_that_changed(session, source.id, [e for e in entries if e.url != feed.site])
    decision = decide(known_hashes(session, source.id, entries), entries)
    topics = TopicFinder(session, source)
    pictures = []
    for entry in (*decision.new, *decision.changed):
        full = followed.pages.get(entry.guid, entry)
        _upsert(session, source, full, topics, content_hash=entry.content_hash, now=now)
        pictures += [full.image_url, *addresses_in(full.body_html)]
    want(session, pictures, now=now)
    return decision


def known_hashes(
    session: Session, source_id: int, entries: Sequence[ArticleDraft]
) -> dict[str, bytes]:
    """The hashes of the entries that are articles already, by guid. What staff have edited counts
    as unchanged, whatever the feed says."""
    by_guid = {entry.guid: entry for entry in entries}
    rows = session.execute(
        select(Article.guid, Article.content_hash, Article.edited_at).where(
            Article.source_id == source_id, Article.guid.in_(by_guid)
        )
    )
    return {
        row.guid: by_guid[row.guid].content_hash if row.edited_at else row.content_hash
        for row in rows
    }


def note_categories(
    session: Session, source_id: int, entries: Sequence[ArticleDraft], *, now: datetime
) -> None:
    """Keeps the names of categories that were seen, for the editor to map."""
    names = {fold_name(name): name for entry in entries for name in entry.categories}
    rows = [
        {"source_id": source_id, "key": key, "name": name, "seen_at": now}
        for key, name in sorted(names.items())
        if key
    ]
    if rows:
        statement = insert(SourceCategory).values(rows)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["source_id", "key"], set_={"seen_at": now}
            )
        )


class TopicFinder:
    """Finds an entry's topics by its categories: what the editor chose for the category, else a
    topic's slug or one of its names, whatever the spelling of case and hamza; the source's own
    topic when none fits."""

    def __init__(self, session: Session, source: Source) -> None:
        by_id = {}
        self._by_key: dict[str, Topic | None] = {}
        for alias in reversed(aliases(session)):
            for name in (alias.slug, alias.name_ar, alias.name_en):
                self._by_key[fold_name(name)] = alias.topic
        for topic in session.scalars(select(Topic).order_by(Topic.position.desc())):
            by_id[topic.id] = topic
            for name in (topic.slug, topic.name_ar, topic.name_en):
                self._by_key[fold_name(name)] = topic
        chosen = session.scalars(
            select(SourceCategory).where(SourceCategory.source_id == source.id)
        )
        for category in chosen:
            if category.ignored:
                self._by_key[category.key] = None
            elif category.topic_id is not None:
                self._by_key[category.key] = by_id[category.topic_id]
        self._own = by_id[source.topic_id]

    def named(self, category: str) -> Topic | None:
        """The topic of one category; None if it has none, or is ignored."""
        return self._by_key.get(fold_name(category))

    def of(self, categories: Sequence[str]) -> list[Topic]:
        """At least one topic, the main one first."""
        found = (self.named(category) for category in categories)
        topics = list({topic.id: topic for topic in found if topic is not None}.values())
        return topics or [self._own]


def _keep_marks_that_changed(
    session: Session, source_id: int, entries: Sequence[ArticleDraft]
) -> None:
    """Articles whose guid has changed, while address and headline have not, are the same ones: a
    site that moves to https or to another engine must not send its readers everything again."""
    guids = {entry.guid for entry in entries}
    used = Counter(_place(entry.url) for entry in entries)
    wanted = {
        _place(entry.url): entry
        for entry in entries
        if used[_place(entry.url)] == 1 and len(urlsplit(entry.url).path) > 1
    }
    addresses = [scheme + place for place in wanted for scheme in ("https:", "http:")]
    known = session.execute(
        select(Article.id, Article.guid, Article.url, Article.headline).where(
            Article.source_id == source_id,
            Article.guid.in_(guids) | Article.url.in_(addresses),
        )
    ).all()
    there = {row.guid for row in known}
    for row in known:
        entry = wanted.get(_place(row.url))
        if entry is None or entry.guid in there or row.guid in guids:
            continue
        if entry.headline == row.headline:
            session.execute(update(Article).where(Article.id == row.id).values(guid=entry.guid))
            there.add(entry.guid)


def _place(url: str) -> str:
    """An address without its scheme."""
    return url.partition(":")[2]


def _upsert(
    session: Session,
    source: Source,
    entry: ArticleDraft,
    topics: TopicFinder,
    *,
    content_hash: bytes,
    now: datetime,
) -> None:
    """Writes an entry as a new article, or as the next revision of the one that is there. When
    it came in is kept: an edited article is not news again. The hash is the one of what the feed
    itself said. What staff have edited stays theirs."""
    content = content_of(entry, topics.of(entry.categories), now=now)
    content |= {"content_hash": content_hash, "categories": list(entry.categories)}
    counts_from = counted_at(now, published_at=entry.published_at, source_since=source.created_at)
    session.execute(
        insert(Article)
        .values(
            source_id=source.id,
            guid=entry.guid,
            published_at=entry.published_at or now,
            ingested_at=counts_from,
            **content,
        )
        .on_conflict_do_update(
            index_elements=["source_id", "guid"],
            set_={**content, "revision": Article.revision + 1},
            where=(Article.content_hash != content_hash) & Article.edited_at.is_(None),
        )
    )
