"""Articles come in: new, changed, unchanged, each under its topics, with every part kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.store.tables import Article, Source
from app.usecases.ingest_sources import SourceReport, ingest_all, ingest_source
from app.usecases.manage_sources import add_source
from tests.loopback import serving
from tests.usecases.newsroom import Newsroom

WHOLE = Path(__file__).parents[1] / "feeds" / "corpus" / "rss-2.0-with-every-part.xml"


class _Feed(ThreadingHTTPServer):
    """Serves whatever `body` is at the moment."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/feed"


class _Handler(BaseHTTPRequestHandler):
    server: _Feed

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def items(*entries: str) -> bytes:
    inside = "".join(f"<item>{entry}</item>" for entry in entries)
    return f"<rss version='2.0'><channel><title>سدرة</title>{inside}</channel></rss>".encode()


@pytest.fixture
def feed() -> Iterator[_Feed]:
    with _Feed() as server, serving(server):
        yield server


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


class Desk:
    """One source, looked at again and again."""

    def __init__(
        self, session: Session, sessions: sessionmaker[Session], settings: Settings, source: Source
    ) -> None:
        self.source = source
        self._session = session
        self._sessions = sessions
        self._settings = settings

    def look(self, now: datetime) -> SourceReport:
        report = ingest_source(self._sessions, self._settings, now=now, source_id=self.source.id)
        assert report is not None
        self._session.expire_all()
        return report

    def articles(self) -> list[Article]:
        query = select(Article).where(Article.source_id == self.source.id).order_by(Article.guid)
        return list(self._session.scalars(query))


@pytest.fixture
def desk(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    feed: _Feed,
    now: datetime,
) -> Desk:
    source = add_source(session, now=now, url=feed.url, topic=newsroom.slugs("sport")[0])
    session.commit()
    return Desk(session, sessions, settings, source)


def counts(report: SourceReport) -> tuple[int, int, int]:
    return report.new, report.changed, report.unchanged


def test_every_part_of_an_article_is_kept(desk: Desk, feed: _Feed, now: datetime) -> None:
    feed.body = WHOLE.read_bytes()
    assert counts(desk.look(now)) == (1, 0, 0)
    (article,) = desk.articles()
    assert (article.kicker, article.headline) == (
        "بعد عام من العمل",
        "سدرة تفتح جسرها الجديد أمام المشاة",
    )
    assert article.standfirst == "الجسر يربط ضفتي النهر ويختصر الطريق إلى المدرسة"
    assert article.body_html.startswith("<p>فتحت البلدية الجسر صباح اليوم.</p>")
    assert article.image_url == "https://img.sidra.example/bridge.jpg"
    assert article.image_caption == "الجسر عند الافتتاح \\ تعبيرية"
    assert article.byline == "ليفانت-سدرة"
    (link,) = article.related
    assert link["title"] == "اتفاق على مياه النهر"
    assert article.published_at.isoformat() == "2025-01-22T05:00:00+00:00"
    assert (article.ingested_at, article.changed_at, article.revision) == (now, now, 1)


def test_the_same_again_changes_nothing(desk: Desk, feed: _Feed, now: datetime) -> None:
    feed.body = WHOLE.read_bytes()
    desk.look(now)
    assert counts(desk.look(now + timedelta(hours=1))) == (0, 0, 1)
    (article,) = desk.articles()
    assert (article.revision, article.changed_at) == (1, now)


def test_a_moving_date_is_no_change(desk: Desk, feed: _Feed, now: datetime) -> None:
    for hour in (5, 6):
        date = f"<pubDate>Wed, 22 Jan 2025 0{hour}:00:00 GMT</pubDate>"
        feed.body = items(f"<guid>1</guid><title>خبر</title>{date}")
        report = desk.look(now)
    assert counts(report) == (0, 0, 1)


def test_an_edited_article_is_a_new_revision_and_not_news(
    desk: Desk, feed: _Feed, now: datetime
) -> None:
    feed.body = items("<guid>1</guid><title>خبر</title>", "<guid>2</guid><title>آخر</title>")
    desk.look(now)
    later = now + timedelta(hours=2)
    feed.body = items("<guid>1</guid><title>خبر مصحح</title>", "<guid>2</guid><title>آخر</title>")
    assert counts(desk.look(later)) == (0, 1, 1)
    edited, other = desk.articles()
    assert (edited.headline, edited.revision, edited.changed_at) == ("خبر مصحح", 2, later)
    assert (edited.ingested_at, edited.published_at) == (now, now)
    assert (other.revision, other.changed_at) == (1, now)


def test_an_article_that_left_the_feed_stays(desk: Desk, feed: _Feed, now: datetime) -> None:
    feed.body = items("<guid>1</guid><title>خبر</title>")
    desk.look(now)
    feed.body = items()
    assert counts(desk.look(now)) == (0, 0, 0)
    assert len(desk.articles()) == 1


def test_topics_by_category_and_the_sources_own_without(
    desk: Desk, feed: _Feed, newsroom: Newsroom, now: datetime
) -> None:
    by_slug = newsroom.slugs("economy")[0].upper()
    feed.body = items(
        f"<guid>1</guid><title>أ ب</title><category>{by_slug}</category>",
        "<guid>2</guid><title>ج د</title><category>لا أحد يعرفها</category>",
        "<guid>3</guid><title>ه و</title>"
        f"<category>{by_slug}, {newsroom.slugs('politics')[0]}</category>",
    )
    desk.look(now)
    economy, sport, both = desk.articles()
    assert economy.topic_mask == newsroom.mask("economy")
    assert sport.topic_mask == newsroom.mask("sport")
    assert both.topic_id == newsroom.topics["economy"].id
    assert both.topic_mask == newsroom.mask("economy", "politics")


def test_a_category_by_its_arabic_name_however_it_is_spelled(
    desk: Desk, session: Session, feed: _Feed, newsroom: Newsroom, now: datetime
) -> None:
    newsroom.topics["politics"].name_ar = "إقتصادُ الضفّة"
    session.commit()
    feed.body = items("<guid>1</guid><title>أ ب</title><category>اقتصاد الضفه</category>")
    desk.look(now)
    (article,) = desk.articles()
    assert article.topic_id == newsroom.topics["politics"].id


def test_the_source_takes_the_feeds_title_for_its_name(
    desk: Desk, feed: _Feed, now: datetime
) -> None:
    feed.body = items()
    desk.look(now)
    assert desk.source.name == "سدرة"
    assert desk.source.succeeded_at == now


def test_entries_that_lack_something_are_told_until_the_feed_is_mended(
    desk: Desk, feed: _Feed, now: datetime
) -> None:
    feed.body = items("<guid>1</guid><title>خبر</title>", "<guid>2</guid>")
    report = desk.look(now)
    assert counts(report) == (1, 0, 0)
    assert report.problems == ("no_text: 2", "no_date: خبر")
    assert desk.source.problems == [
        {"code": "no_text", "title": "2"},
        {"code": "no_date", "title": "خبر"},
    ]
    feed.body = items(
        "<guid>1</guid><title>خبر</title><pubDate>Wed, 22 Jan 2025 05:00:00 GMT</pubDate>"
    )
    desk.look(now)
    assert desk.source.problems == []


def test_a_source_that_is_gone_or_paused(
    desk: Desk,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    now: datetime,
) -> None:
    assert ingest_source(sessions, settings, now=now, source_id=2**30) is None
    desk.source.active = newsroom.source.active = False
    session.commit()
    seen = [report.id for report in ingest_all(sessions, settings, now=now)]
    assert desk.source.id not in seen
