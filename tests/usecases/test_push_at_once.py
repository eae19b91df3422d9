"""Two processes of a CMS send one article at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, select

from app.domain.article import ArticleDraft
from app.store.engine import make_sessions
from app.store.tables import Article, Topic
from app.usecases.manage_articles import push_article


@pytest.fixture
def topic(engine: Engine) -> Iterator[str]:
    """A topic that others can see; it goes with its articles."""
    slug = f"race-{uuid4().hex[:8]}"
    with make_sessions(engine).begin() as session:
        taken = set(session.scalars(select(Topic.bit)))
        bit = max(set(range(62)) - taken)
        session.add(Topic(slug=slug, name_ar="سباق", name_en="Race", bit=bit))
    yield slug
    with make_sessions(engine).begin() as session:
        topic = session.scalars(select(Topic).where(Topic.slug == slug)).one()
        session.execute(delete(Article).where(Article.topic_id == topic.id))
        session.delete(topic)


def test_one_article_comes_of_it(engine: Engine, topic: str, now: datetime) -> None:
    start = Barrier(4)
    guid = f"cms-{uuid4()}"
    found: list[str] = []

    def send(number: int) -> None:
        draft = ArticleDraft(guid=guid, url="", headline=f"صيغة {number % 2}", standfirst="مقدمة")
        with make_sessions(engine).begin() as session:
            start.wait()
            pushed = push_article(
                session, draft, topics=[topic], base_url="https://levant.example", now=now
            )
            found.append(pushed.status)

    threads = [Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert found.count("created") == 1
    with make_sessions(engine)() as session:
        article = session.scalars(select(Article).where(Article.guid == guid)).one()
        assert article.url == f"https://levant.example/a/{article.id}"
        assert article.revision == 1 + found.count("updated")
