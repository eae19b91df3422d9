"""Articles for the pages of the news site."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.store.tables import Article, Source, Topic
from app.usecases.fetch_pictures import keep_picture
from tests.pictures.drawings import drawing, encoded


def add_source(session: Session, topic: Topic, now: datetime) -> Source:
    source = Source(
        url=f"https://feed.example/{topic.slug}",
        topic_id=topic.id,
        created_at=now,
        next_poll_at=now,
    )
    session.add(source)
    session.flush()
    return source


def add_article(
    session: Session, source: Source, topic: Topic, now: datetime, **values: Any
) -> Article:
    article = Article(
        **{
            "source_id": source.id,
            "topic_id": topic.id,
            "topic_mask": 1 << topic.bit,
            "guid": values.get("headline", "خبر"),
            "content_hash": b"",
            "url": "https://levant.example/a",
            "headline": "خبر",
            "published_at": now,
            "ingested_at": now,
            "changed_at": now,
            **values,
        }
    )
    session.add(article)
    session.flush()
    return article


def add_picture(session: Session, url: str, now: datetime) -> None:
    """Our copy of what stands at `url`."""
    keep_picture(session, now=now, url=url, data=encoded(drawing(900, 500), "JPEG"))
