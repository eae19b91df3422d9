"""Topics, articles and readers of a small newsroom, for the tests of campaigns."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.subscription import Cadence, SubscriberState, topic_mask
from app.store.tables import Article, Source, Subscriber, Topic

NAMES = {"politics": "سياسة", "economy": "اقتصاد", "sport": "رياضة"}


class Newsroom:
    """`topic`, `article` and `reader` make rows; the session flushes them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        free = (session.scalar(select(func.max(Topic.bit))) or 0) + 1
        self.topics = {
            slug: Topic(slug=f"{slug}-{uuid4().hex[:6]}", name_ar=name, name_en=slug, bit=bit)
            for bit, (slug, name) in enumerate(NAMES.items(), free)
        }
        session.add_all(self.topics.values())
        session.flush()
        self.source = Source(
            url=f"https://feeds.example/{uuid4()}",
            topic_id=self.topics["politics"].id,
            created_at=now,
            next_poll_at=now,
        )
        session.add(self.source)
        session.flush()

    def slugs(self, *names: str) -> list[str]:
        return [self.topics[name].slug for name in names]

    def mask(self, *names: str) -> int:
        return topic_mask([self.topics[name].bit for name in names])

    def article(self, headline: str, *topics: str, age: timedelta = timedelta(hours=1)) -> int:
        article = Article(
            source_id=self.source.id,
            topic_id=self.topics[topics[0]].id,
            topic_mask=self.mask(*topics),
            guid=str(uuid4()),
            content_hash=b"x",
            url=f"https://levant.example/{uuid4().hex[:8]}",
            headline=headline,
            standfirst="خلاصة الخبر في سطر واحد.",
            body_html="<p>نص الخبر.</p>",
            published_at=self._now - age,
            ingested_at=self._now - age,
            changed_at=self._now - age,
        )
        self._session.add(article)
        self._session.flush()
        return article.id

    def reader(self, name: str, *topics: str, cadence: Cadence = Cadence.DAILY) -> int:
        email = f"{name}-{uuid4().hex[:8]}@example.org"
        reader = Subscriber(
            email=email,
            email_key=email,
            state=SubscriberState.ACTIVE,
            cadence=cadence,
            topic_mask=self.mask(*topics),
            created_at=self._now,
            confirmed_at=self._now,
        )
        self._session.add(reader)
        self._session.flush()
        return reader.id
