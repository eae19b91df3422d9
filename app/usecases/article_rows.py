"""A draft as the columns of an article: the same for what comes from feeds, pages, editors and a
CMS. And the topics that an article's own categories name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.article import ArticleDraft, fold_name
from app.domain.subscription import topic_mask
from app.store.tables import Topic
from app.usecases.former_topics import aliases


def content_of(draft: ArticleDraft, topics: Sequence[Topic], *, now: datetime) -> dict[str, Any]:
    """What an update writes too: everything but identity and dates. The first topic is the one
    it stands under."""
    return {
        "topic_id": topics[0].id,
        "topic_mask": topic_mask([topic.bit for topic in topics]),
        "content_hash": draft.content_hash,
        "url": draft.url,
        "kicker": draft.kicker,
        "headline": draft.headline,
        "standfirst": draft.standfirst,
        "body_html": draft.body_html,
        "image_url": draft.image_url,
        "image_alt": draft.image_alt,
        "image_caption": draft.image_caption,
        "byline": draft.byline,
        "related": [{"title": link.title, "url": link.url} for link in draft.related],
        "changed_at": now,
    }


def topic_named(session: Session, categories: Sequence[str]) -> Topic | None:
    """The first topic that one of these categories names, by slug or name."""
    wanted = [fold_name(category) for category in categories]
    by_name = {
        fold_name(name): alias.topic
        for alias in reversed(aliases(session))
        for name in (alias.slug, alias.name_ar, alias.name_en)
    } | {
        fold_name(name): topic
        for topic in session.scalars(select(Topic).order_by(Topic.position.desc()))
        for name in (topic.slug, topic.name_ar, topic.name_en)
    }
    return next((by_name[name] for name in wanted if name in by_name), None)
