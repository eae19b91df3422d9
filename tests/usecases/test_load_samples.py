from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.subscription import Cadence
from app.samples.feed import sample_articles, sample_feed
from app.store.pictures import kept
from app.store.tables import Article, Schedule, Source
from app.usecases.load_samples import load_samples


@pytest.fixture
def feed_url(now: datetime) -> Iterator[str]:
    """The sample feed, served as the site would."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = sample_feed(f"http://{self.headers['Host']}", now)
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/samples/feed.xml"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_newcomer_finds_articles_a_login_and_a_schedule_for_every_pace(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    feed_url: str,
) -> None:
    # The site's own samples are let in whatever is said of private addresses.
    settings = settings.with_(
        allow_private_feeds=False, base_url=feed_url.removesuffix("/samples/feed.xml")
    )
    first = load_samples(sessions, settings, now=now, feed_url=feed_url)
    assert (first.articles, first.problem) == (len(sample_articles()), "")
    assert len(first.password) >= 10
    assert first.password not in repr(first)
    schedules = session.scalars(select(Schedule)).all()
    assert {schedule.cadence for schedule in schedules} == set(Cadence)
    articles = session.scalars(select(Article)).all()
    written = [a.headline for a in sample_articles()]
    assert all(any(one.headline in text for text in written) for one in articles)
    for part in ("kicker", "standfirst", "image_url", "image_caption", "byline", "related"):
        assert any(getattr(article, part) for article in articles), part

    # This server has no pictures: they were taken from the package, for the first mail to show.
    pictures = {article.image_url for article in articles if article.image_url}
    assert pictures
    assert set(kept(session, pictures)) == pictures

    again = load_samples(sessions, settings, now=now + timedelta(days=1), feed_url=feed_url)
    assert (again.articles, again.login, again.password) == (first.articles, first.login, "")
    assert len(session.scalars(select(Schedule)).all()) == len(Cadence)
    assert len(session.scalars(select(Source)).all()) == 1
