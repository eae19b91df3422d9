"""A source that gives only titles: the pages behind them give the articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.article import ArticleDraft
from app.store.tables import Article, Source
from app.usecases import follow_links as following
from app.usecases.follow_links import follow_links
from app.usecases.ingest_sources import SourceReport, ingest_source
from app.usecases.manage_articles import edit_article
from app.usecases.manage_sources import add_source
from tests.loopback import serving
from tests.usecases.newsroom import Newsroom

PROSE = "جلس الحرفيون في ساحة الخان وعلّموا الصغار كيف تُضفر السلال من قشّ القمح، سلة بعد سلة. "


class _Site(ThreadingHTTPServer):
    """A feed of titles at /feed, and a page for each; `asked` are the pages that were fetched."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.titles: dict[str, str] = {}
        self.asked: list[str] = []
        self.conditions: list[str] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Site

    def do_GET(self) -> None:
        slug = self.path.strip("/")
        if slug == "feed":
            self.server.conditions.append(self.headers.get("If-None-Match") or "")
            items = "".join(
                f"<item><guid isPermaLink='false'>{slug}</guid><title>{title}</title>"
                f"<link>{self.server.base}/{slug}</link></item>"
                for slug, title in self.server.titles.items()
            )
            self._say(f"<rss version='2.0'><channel><title>س</title>{items}</channel></rss>")
            return
        self.server.asked.append(slug)
        if slug.startswith("gone"):
            self.send_error(404)
            return
        self._say(
            f"<html><head><meta property='og:type' content='article'></head><body><article>"
            f"<h1>عنوان الصفحة {slug}</h1><p>{PROSE * 3}</p><p>{PROSE * 2}</p>"
            f"<p>اقرأ أيضاً: <a href='/other'>أسواق الربيع تفتح باكراً</a></p>"
            f"<p>وكالات</p></article></body></html>"
        )

    def _say(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def web() -> Iterator[_Site]:
    with _Site() as server, serving(server):
        yield server


@pytest.fixture
def open_settings(settings: Settings) -> Settings:
    return settings.with_(allow_private_feeds=True)


@pytest.fixture
def source(session: Session, now: datetime, web: _Site) -> Source:
    [topic] = Newsroom(session, now).slugs("politics")
    return add_source(session, now=now, url=f"{web.base}/feed", topic=topic, follow_links=True)


def poll(
    sessions: sessionmaker[Session], settings: Settings, source: Source, now: datetime
) -> SourceReport:
    report = ingest_source(sessions, settings, now=now, source_id=source.id)
    assert report is not None
    return report


def test_a_page_fills_what_the_feed_left_out(
    session: Session,
    sessions: sessionmaker[Session],
    open_settings: Settings,
    web: _Site,
    source: Source,
    now: datetime,
) -> None:
    web.titles = {"baskets": "سلال القش تعود إلى الخان", "gone": "خبر بلا صفحة"}
    report = poll(sessions, open_settings, source, now)
    assert (report.new, report.changed) == (2, 0)
    assert "page_failed: خبر بلا صفحة" in report.problems
    filled, bare = session.scalars(select(Article).order_by(Article.guid)).all()
    assert filled.headline == "سلال القش تعود إلى الخان"
    assert filled.body_html.count("<p>") == 2
    assert filled.related == [{"title": "أسواق الربيع تفتح باكراً", "url": f"{web.base}/other"}]
    assert filled.byline == "وكالات"
    assert (bare.headline, bare.body_html) == ("خبر بلا صفحة", "")
    web.asked.clear()
    again = poll(sessions, open_settings, source, now)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert web.asked == []


def test_a_changed_title_is_followed_again(
    session: Session,
    sessions: sessionmaker[Session],
    open_settings: Settings,
    web: _Site,
    source: Source,
    now: datetime,
) -> None:
    web.titles = {"baskets": "سلال القش تعود"}
    poll(sessions, open_settings, source, now)
    web.titles = {"baskets": "سلال القش تعود إلى الخان"}
    assert poll(sessions, open_settings, source, now).changed == 1
    session.expire_all()
    article = session.scalars(select(Article)).one()
    assert (article.headline, article.revision) == ("سلال القش تعود إلى الخان", 2)
    assert article.body_html
    assert web.asked == ["baskets", "baskets"]


def test_what_a_poll_has_no_room_for_comes_with_the_next_one(
    session: Session,
    sessions: sessionmaker[Session],
    open_settings: Settings,
    web: _Site,
    source: Source,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "MAX_PAGES", 2)
    web.titles = {f"story-{n}": f"خبر رقم {n}" for n in range(5)}
    found = [poll(sessions, open_settings, source, now).new for _ in range(4)]
    assert found == [2, 2, 1, 0]
    assert sorted(web.asked) == sorted(web.titles)
    bodies = session.scalars(select(Article.body_html)).all()
    assert len(bodies) == 5
    assert all(bodies)
    assert web.conditions == ["", "", "", '"one"']


def test_the_time_of_a_poll_is_bounded(open_settings: Settings, now: datetime) -> None:
    """The clock stands still for the first entry and is past the bound at the second."""
    ticks = iter([0.0, 0.0, following.MAX_SECONDS + 1])
    entries = [
        ArticleDraft(guid=str(n), url="http://127.0.0.1:1/x", headline="خبر") for n in range(2)
    ]
    found = follow_links(open_settings, entries, now=now, clock=lambda: next(ticks))
    assert found.later == {"1"}
    assert found.failed == (("خبر", "connection_failed"),)


def test_a_private_page_behind_a_title_is_not_opened(
    settings: Settings, web: _Site, now: datetime
) -> None:
    entry = ArticleDraft(guid="1", url=f"{web.base}/inside", headline="خبر")
    found = follow_links(settings.with_(allow_private_feeds=False), [entry], now=now)
    assert found.failed == (("خبر", "private_address"),)
    assert web.asked == []


def test_what_staff_have_edited_no_feed_writes_over(
    session: Session,
    sessions: sessionmaker[Session],
    open_settings: Settings,
    web: _Site,
    source: Source,
    now: datetime,
) -> None:
    web.titles = {"baskets": "سلال القش تعود"}
    poll(sessions, open_settings, source, now)
    article = session.scalars(select(Article)).one()
    draft = ArticleDraft(guid="", url="", headline="عنوان التحرير", body_html="<p>نص</p>")
    edit_article(session, article.id, draft, revision=1, topics=[source.topic.slug], now=now)
    web.titles = {"baskets": "عنوان آخر من الموقع"}
    report = poll(sessions, open_settings, source, now)
    assert (report.changed, report.unchanged) == (0, 1)
    session.expire_all()
    assert (article.headline, article.revision) == ("عنوان التحرير", 2)
    assert article.url.endswith("/baskets")
