"""Sources in trouble: what one of them does stops no other, and nothing is lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.store.engine import make_sessions
from app.store.tables import Article, Source, Topic
from app.usecases.ingest_sources import ingest_all, ingest_source
from app.usecases.manage_sources import add_source
from tests.loopback import serving
from tests.usecases.newsroom import Newsroom

ITEM = "<item><guid>{guid}</guid><title>{title}</title><link>https://a.example/{guid}</link></item>"

ODD = (
    b"<rss xmlns:g='http://www.opengis.net/gml'><channel><item><title>a</title>"
    b"<g:pos>1 2</g:pos></item></channel></rss>"
)
"""The parser underneath raises at a position that stands outside of its element."""


def _feed(*titles: str, end: str = "</channel></rss>") -> bytes:
    items = "".join(ITEM.format(guid=f"g{n}", title=title) for n, title in enumerate(titles))
    return f"<rss version='2.0'><channel><title>مصدر</title>{items}{end}".encode()


class _Site(ThreadingHTTPServer):
    """Serves `pages` by path, each with its ETag, and keeps the validators it was asked with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.pages: dict[str, tuple[bytes, str]] = {}
        self.asked: list[str] = []
        self.barrier: threading.Barrier | None = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Page(BaseHTTPRequestHandler):
    server: _Site

    def do_GET(self) -> None:
        body, etag = self.server.pages.get(self.path, (b"", ""))
        known = self.headers.get("If-None-Match", "")
        self.server.asked.append(known)
        if self.server.barrier is not None:
            self.server.barrier.wait(10)
        status = 404 if not body else 304 if etag and known == etag else 200
        self.send_response(status)
        if status == 200:
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
        self.end_headers()
        if status == 200:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def site() -> Iterator[_Site]:
    with _Site() as site, serving(site):
        yield site


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


def _source(session: Session, newsroom: Newsroom, now: datetime, url: str) -> Source:
    made = add_source(session, now=now, url=url, topic=newsroom.slugs("politics")[0])
    session.commit()
    return made


def _headlines(session: Session, source: Source) -> list[str]:
    session.expire_all()
    query = select(Article.headline).where(Article.source_id == source.id).order_by(Article.guid)
    return list(session.scalars(query))


def test_a_broken_feed_stops_no_other(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    site: _Site,
    now: datetime,
) -> None:
    newsroom.source.active = False
    site.pages["/page"] = (b"<!doctype html><html><body>x</body></html>", "")
    site.pages["/odd"] = (ODD, "")
    site.pages["/good"] = (_feed("خبر أول"), "")
    bad = [_source(session, newsroom, now, site.url(p)) for p in ("/none", "/page", "/odd")]
    good = _source(session, newsroom, now, site.url("/good"))
    reports = {report.id: report for report in ingest_all(sessions, settings, now=now)}
    assert [reports[one.id].error for one in bad] == ["not_found", "not_a_feed", "bad_response"]
    assert reports[good.id].new == 1
    assert _headlines(session, good) == ["خبر أول"]
    assert [one.error_code for one in bad] == ["not_found", "not_a_feed", "bad_response"]


def test_a_failing_source_is_asked_less_often_and_forgiven_at_once(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    site: _Site,
    now: datetime,
) -> None:
    source = _source(session, newsroom, now, site.url("/feed"))
    rests = []
    for _ in range(8):
        ingest_source(sessions, settings, now=now, source_id=source.id)
        session.expire_all()
        rests.append(source.next_poll_at - now)
    usual = timedelta(seconds=settings.feed_interval)
    assert usual * 0.9 <= rests[0] <= usual * 1.1
    assert rests == sorted(rests)
    assert rests[-1] == timedelta(hours=6)
    assert (source.failures, source.error_code) == (8, "not_found")
    site.pages["/feed"] = (_feed("خبر أول"), "")
    ingest_source(sessions, settings, now=now, source_id=source.id)
    session.expire_all()
    assert (source.failures, source.error_code, source.error_detail) == (0, "", "")
    assert usual * 0.9 <= source.next_poll_at - now <= usual * 1.1
    assert (source.failed_at, source.failed_code) == (now, "not_found")


def test_a_feed_that_broke_off_is_asked_for_as_a_whole_again(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    site: _Site,
    now: datetime,
) -> None:
    source = _source(session, newsroom, now, site.url("/feed"))
    site.pages["/feed"] = (_feed("خبر أول", "خبر ثان", end="")[:-40], '"one"')
    ingest_source(sessions, settings, now=now, source_id=source.id)
    assert _headlines(session, source) == ["خبر أول"]
    site.pages["/feed"] = (_feed("خبر أول", "خبر ثان"), '"one"')
    ingest_source(sessions, settings, now=now, source_id=source.id)
    assert _headlines(session, source) == ["خبر أول", "خبر ثان"]
    last = ingest_source(sessions, settings, now=now, source_id=source.id)
    assert last is not None
    assert last.status == "unchanged"
    assert site.asked == ["", "", '"one"']


@contextmanager
def _committed_source(engine: Engine, url: str, now: datetime) -> Iterator[int]:
    """A source that other connections see, and its going away after the test."""
    with Session(engine, expire_on_commit=False) as session:
        taken = set(session.scalars(select(Topic.bit)))
        free = next(bit for bit in range(61, -1, -1) if bit not in taken)
        topic = Topic(slug=f"t-{uuid4().hex[:8]}", name_ar="موضوع", name_en="topic", bit=free)
        session.add(topic)
        session.flush()
        source = add_source(session, now=now, url=url, topic=topic.slug)
        session.commit()
        try:
            yield source.id
        finally:
            session.execute(delete(Article).where(Article.source_id == source.id))
            session.execute(delete(Source).where(Source.id == source.id))
            session.execute(delete(Topic).where(Topic.id == topic.id))
            session.commit()


def test_two_at_once_write_each_article_once(
    engine: Engine, settings: Settings, site: _Site, now: datetime
) -> None:
    titles = [f"خبر رقم {n}" for n in range(60)]
    site.pages["/feed"] = (_feed(*titles), "")
    site.barrier = threading.Barrier(4)  # all four have the feed in hand before one writes
    sessions = make_sessions(engine)
    with _committed_source(engine, site.url("/feed"), now) as source_id:
        with ThreadPoolExecutor(4) as pool:
            runs = [
                pool.submit(ingest_source, sessions, settings, now=now, source_id=source_id)
                for _ in range(4)
            ]
        reports = [run.result() for run in runs]
        with sessions() as session:
            query = select(func.count(), func.max(Article.revision))
            counted = session.execute(query.where(Article.source_id == source_id)).one()
    assert tuple(counted) == (60, 1)
    assert sorted(report.new for report in reports if report) == [0, 0, 0, 60]


def test_private_addresses_need_the_setting(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    site: _Site,
    now: datetime,
) -> None:
    site.pages["/feed"] = (_feed("خبر أول"), "")
    source = _source(session, newsroom, now, site.url("/feed"))
    strict = settings.with_(allow_private_feeds=False)
    ingest_source(sessions, strict, now=now, source_id=source.id)
    session.expire_all()
    assert source.error_code == "private_address"
    assert "ALLOW_PRIVATE_FEEDS" in source.error_detail
    assert site.asked == []
