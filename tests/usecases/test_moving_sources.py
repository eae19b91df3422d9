"""Sources that move, end, ask to be left alone or change their marks; archives of new sources;
and several sources looked at side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.store.tables import Article, AuditEvent, Source
from app.usecases.ingest_sources import SourceReport, ingest_all, ingest_source
from app.usecases.manage_sources import add_source
from tests.loopback import serving
from tests.usecases.newsroom import Newsroom
from tests.usecases.test_ingest_sources import items


class _Site(ThreadingHTTPServer):
    """Answers each path with a status and headers, or with `body`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.body = items("<guid>1</guid><title>خبر أول</title>")
        self.barrier: threading.Barrier | None = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Page(BaseHTTPRequestHandler):
    server: _Site

    def do_GET(self) -> None:
        if self.server.barrier is not None:
            self.server.barrier.wait(10)
        status, headers = self.server.answers.get(self.path, (200, {}))
        body = self.server.body if status == 200 else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def site() -> Iterator[_Site]:
    with _Site() as site, serving(site):
        yield site


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    room = Newsroom(session, now)
    room.source.active = False
    return room


class Desk:
    """Adds sources and looks at them."""

    def __init__(
        self,
        session: Session,
        sessions: sessionmaker[Session],
        settings: Settings,
        newsroom: Newsroom,
        now: datetime,
    ) -> None:
        self.session, self.sessions, self.settings = session, sessions, settings
        self.newsroom, self.now = newsroom, now

    def add(self, url: str) -> Source:
        slug = self.newsroom.slugs("sport")[0]
        source = add_source(self.session, now=self.now, url=url, topic=slug)
        self.session.commit()
        return source

    def look(self, source: Source, now: datetime | None = None) -> SourceReport:
        report = ingest_source(
            self.sessions, self.settings, now=now or self.now, source_id=source.id
        )
        assert report is not None
        self.session.expire_all()
        return report

    def articles(self, source: Source) -> list[Article]:
        query = select(Article).where(Article.source_id == source.id).order_by(Article.headline)
        return list(self.session.scalars(query))


@pytest.fixture
def desk(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    now: datetime,
) -> Desk:
    return Desk(session, sessions, settings, newsroom, now)


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(
    desk: Desk, site: _Site, status: int
) -> None:
    site.answers["/old"] = (status, {"Location": "/new"})
    source = desk.add(site.url("/old"))
    assert desk.look(source).new == 1
    assert (source.url, source.moved_from) == (site.url("/new"), site.url("/old"))
    event = desk.session.scalars(
        select(AuditEvent).where(
            AuditEvent.action == "source.moved", AuditEvent.object_id == source.id
        )
    ).one()
    assert event.detail == {"from": site.url("/old"), "to": site.url("/new")}
    assert desk.look(source).unchanged == 1


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_detour_changes_no_address(desk: Desk, site: _Site, status: int) -> None:
    site.answers["/old"] = (status, {"Location": "/new"})
    source = desk.add(site.url("/old"))
    assert desk.look(source).new == 1
    assert (source.url, source.moved_from) == (site.url("/old"), "")


def test_only_the_lasting_part_of_a_way_is_kept(desk: Desk, site: _Site) -> None:
    site.answers["/old"] = (301, {"Location": "/middle"})
    site.answers["/middle"] = (302, {"Location": "/further"})
    site.answers["/further"] = (301, {"Location": "/new"})
    source = desk.add(site.url("/old"))
    desk.look(source)
    assert source.url == site.url("/middle")


def test_a_move_to_what_is_no_feed_changes_nothing(desk: Desk, site: _Site) -> None:
    site.answers["/old"] = (301, {"Location": "/login"})
    site.body = b"<!doctype html><html><body>log in</body></html>"
    source = desk.add(site.url("/old"))
    assert desk.look(source).error == "not_a_feed"
    assert source.url == site.url("/old")


def test_a_move_to_another_source_ends_this_one(desk: Desk, site: _Site) -> None:
    other = desk.add(site.url("/new"))
    site.answers["/old"] = (301, {"Location": "/new"})
    source = desk.add(site.url("/old"))
    desk.look(source)
    assert (source.active, source.error_code) == (False, "moved_to_known")
    assert (other.active, other.error_code) == (True, "")


def test_a_feed_that_is_gone_for_good_is_not_asked_again(desk: Desk, site: _Site) -> None:
    site.answers["/feed"] = (410, {})
    source = desk.add(site.url("/feed"))
    assert desk.look(source).error == "gone"
    assert (source.active, source.error_code, source.failed_at) == (False, "gone", desk.now)
    seen = [one.id for one in ingest_all(desk.sessions, desk.settings, now=desk.now)]
    assert source.id not in seen


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(desk: Desk, site: _Site) -> None:
    site.answers["/feed"] = (503, {"Retry-After": "7200"})
    source = desk.add(site.url("/feed"))
    assert desk.look(source).error == "bad_status"
    assert source.next_poll_at == desk.now + timedelta(hours=2)
    assert source.active


def test_several_sources_are_waited_for_side_by_side(desk: Desk, site: _Site) -> None:
    sources = [desk.add(site.url(f"/{number}")) for number in range(3)]
    site.answers["/1"] = (404, {})
    site.barrier = threading.Barrier(3)  # none is answered before all three have asked
    reports = ingest_all(desk.sessions, desk.settings, now=desk.now)
    assert [report.id for report in reports] == [source.id for source in sources]
    assert [report.status for report in reports] == ["new", "failed", "new"]


def _dated(number: int, published: datetime) -> str:
    date = published.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return f"<guid>{number}</guid><title>خبر {number}</title><pubDate>{date}</pubDate>"


def test_the_archive_of_a_new_source_is_not_news(desk: Desk, site: _Site) -> None:
    ages = (timedelta(hours=2), timedelta(hours=30), timedelta(days=90))
    site.body = items(*(_dated(n, desk.now - age) for n, age in enumerate(ages)))
    source = desk.add(site.url("/feed"))
    assert desk.look(source).new == 3
    counted = [article.ingested_at for article in desk.articles(source)]
    assert counted == [desk.now, desk.now - ages[1], desk.now - ages[2]]
    later = desk.now + timedelta(days=5)
    site.body = items(_dated(7, desk.now + timedelta(days=1)))
    desk.look(source, later)
    assert [a.ingested_at for a in desk.articles(source) if a.guid == "7"] == [later]


def test_a_site_that_changes_all_its_marks_brings_nothing_twice(desk: Desk, site: _Site) -> None:
    old = "<guid>http://a.example/?p={0}</guid><link>http://a.example/{0}</link><title>خبر</title>"
    new = "<guid>https://a.example/{0}</guid><link>https://a.example/{0}</link><title>خبر</title>"
    site.body = items(*(old.format(n) for n in range(3)))
    source = desk.add(site.url("/feed"))
    desk.look(source)
    ids = {article.id for article in desk.articles(source)}
    site.body = items(*(new.format(n) for n in range(4)))
    report = desk.look(source, desk.now + timedelta(days=3))
    assert (report.new, report.changed) == (1, 3)
    found = desk.articles(source)
    assert ids < {article.id for article in found}
    assert all(article.guid.startswith("https://") for article in found)
    assert [a.ingested_at for a in found if a.id in ids] == [desk.now] * 3


def test_entries_that_share_one_address_stay_apart(desk: Desk, site: _Site) -> None:
    entry = "<guid>{0}</guid><link>https://a.example/live</link><title>تحديث {0}</title>"
    site.body = items(*(entry.format(n) for n in range(2)))
    source = desk.add(site.url("/feed"))
    desk.look(source)
    site.body = items(*(entry.format(n) for n in range(4)))
    assert desk.look(source).new == 2
    assert len(desk.articles(source)) == 4


def test_what_staff_have_edited_no_feed_writes_over(desk: Desk, site: _Site) -> None:
    source = desk.add(site.url("/feed"))
    desk.look(source)
    (article,) = desk.articles(source)
    article.headline, article.edited_at = "عنوان المحرر", desk.now
    desk.session.commit()
    site.body = items("<guid>1</guid><title>عنوان المصدر الجديد</title>")
    desk.look(source)
    (article,) = desk.articles(source)
    assert (article.headline, article.revision) == ("عنوان المحرر", 1)
