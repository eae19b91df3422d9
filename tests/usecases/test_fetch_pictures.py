"""Pictures come in: from servers that behave in every way, into mails that wait for none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.picture import MAX_ATTEMPTS, PictureState
from app.pictures.in_body import MAX_IN_BODY, addresses_in
from app.store.pictures import claim, kept, want
from app.store.tables import Article, Campaign, CampaignPicture, Picture, Variant
from app.usecases import fetch_pictures as fetching
from app.usecases.compose_edition import load_articles
from app.usecases.fetch_pictures import fetch_for_freezing, fetch_pictures, keep_picture
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.tick import PICTURES_AGAIN, tick
from tests.loopback import serving
from tests.pictures.drawings import drawing, encoded, png_of_claims
from tests.usecases.newsroom import Newsroom

BASE = "https://levant.example"


class _Site(ThreadingHTTPServer):
    """A newsroom's picture server: `files` holds (content type, body) by path, or a status."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, tuple[str, bytes] | int] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: _Site

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers.items())))
        if self.path == "/hangs.jpg":
            self.server.released.wait(30)
            return
        found = self.server.files.get(self.path, 404)
        if isinstance(found, int):
            self.send_response(found)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        kind, body = found
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def server() -> Iterator[_Site]:
    with _Site() as server, serving(server):
        yield server
        server.released.set()


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


@pytest.fixture
def look(
    session: Session, sessions: sessionmaker[Session], settings: Settings
) -> Callable[[datetime], int]:
    """One turn of a worker: what is due is claimed and fetched; how many came."""

    def turn(now: datetime) -> int:
        ids = claim(session, now=now, until=now + PICTURES_AGAIN, room=50)
        session.commit()
        came = fetch_pictures(sessions, settings, now=now, picture_ids=ids)
        session.expire_all()
        return came

    return turn


def picture(session: Session, url: str) -> Picture:
    return session.scalars(
        select(Picture).where(Picture.url == url).execution_options(populate_existing=True)
    ).one()


def test_a_wanted_picture_becomes_our_copy_and_is_asked_for_once(
    session: Session, server: _Site, now: datetime, look: Callable[[datetime], int]
) -> None:
    server.files["/a.png"] = ("image/png", encoded(drawing(1600, 900)))
    url = server.url("/a.png")
    want(session, [url, url, ""], now=now)
    assert kept(session, [url]) == {}
    assert look(now) == 1
    copy = kept(session, [url, "https://elsewhere.example/"])[url]
    assert (copy.width, copy.height) == (1200, 675)
    found = picture(session, url)
    assert (found.state, found.fetched_at, found.reason) == (PictureState.READY, now, "")
    want(session, [url], now=now + timedelta(days=1))
    assert look(now + timedelta(days=2)) == 0
    (asked,) = server.seen
    assert asked[0] == "/a.png"
    assert asked[1]["Accept"].startswith("image/")
    assert not {"Referer", "Cookie"} & set(asked[1])


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("text/html", b"<p>no</p>", "wrong_content"),
        ("image/svg+xml", b"<svg/>", "wrong_content"),
        ("video/mp4", b"", "wrong_content"),
        ("image/jpeg", b"<p>no</p>", "not_a_picture"),
        ("application/octet-stream", b"<svg xmlns='x'/>", "not_a_picture"),
        ("image/gif", encoded(drawing(1, 1), "GIF"), "too_small"),
        ("image/png", png_of_claims(60_000, 60_000), "too_many_pixels"),
        ("image/png", encoded(drawing())[:-200], "broken"),
    ],
)
def test_what_can_never_become_a_picture_is_not_asked_for_again(
    session: Session,
    server: _Site,
    now: datetime,
    look: Callable[[datetime], int],
    kind: str,
    body: bytes,
    reason: str,
) -> None:
    server.files["/x"] = (kind, body)
    want(session, [server.url("/x")], now=now)
    assert look(now) == 0
    found = picture(session, server.url("/x"))
    assert (found.state, found.reason) == (PictureState.FAILED, reason)
    assert look(now + timedelta(days=1)) == 0
    assert len(server.seen) == 1


def test_what_is_not_there_yet_gets_its_chances_and_a_new_version_of_the_article_new_ones(
    session: Session, server: _Site, now: datetime, look: Callable[[datetime], int]
) -> None:
    url = server.url("/late.jpg")
    want(session, [url], now=now)
    at = now
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert look(at) == 0
        found = picture(session, url)
        assert (found.attempts, found.reason) == (attempt, "not_found")
        at = max(at, found.retry_at)
    assert found.state is PictureState.FAILED
    assert timedelta(hours=1) < at - now < timedelta(hours=3)
    server.files["/late.jpg"] = ("image/jpeg", encoded(drawing(), "JPEG"))
    assert look(at + timedelta(days=1)) == 0
    want(session, [url], now=at)
    assert look(at) == 1


def test_a_picture_larger_than_allowed_is_not_taken(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    server: _Site,
    now: datetime,
) -> None:
    server.files["/a.png"] = ("image/png", encoded(drawing()) + b"x" * 20_000)
    want(session, [server.url("/a.png")], now=now)
    session.commit()
    small = settings.with_(picture_max_bytes=10_000)
    found = picture(session, server.url("/a.png"))
    fetch_pictures(sessions, small, now=now, picture_ids=[found.id])
    assert picture(session, server.url("/a.png")).reason == "too_large"


def test_an_address_inside_of_our_network_is_not_visited(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    server: _Site,
    now: datetime,
) -> None:
    url = server.url("/a.png")
    want(session, [url], now=now)
    session.commit()
    closed = settings.with_(allow_private_feeds=False)
    fetch_pictures(sessions, closed, now=now, picture_ids=[picture(session, url).id])
    found = picture(session, url)
    assert (found.state, found.reason) == (PictureState.FAILED, "private_address")
    assert server.seen == []


def test_the_tick_asks_for_what_is_due_a_few_at_a_time(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    Redis.from_url(settings.redis_url).flushall()
    want(session, [f"https://a.example/{n}.jpg" for n in range(fetching.TURN + 1)], now=now)
    session.commit()
    assert tick(sessions, settings, now=now).pictures == fetching.TURN
    assert tick(sessions, settings, now=now).pictures == 1
    assert tick(sessions, settings, now=now).pictures == 0
    assert queue.length(settings.redis_url, queue.CONTENT) == 2
    # The messages are lost with their broker:
    assert tick(sessions, settings, now=now + PICTURES_AGAIN).pictures == fetching.TURN


def test_an_article_shows_our_copy_and_nothing_of_the_newsrooms_server(
    session: Session, newsroom: Newsroom, now: datetime
) -> None:
    number = newsroom.article("خبر", "politics")
    article = session.get_one(Article, number)
    article.image_url = "https://cdn.example/a.jpg?w=1&h=2"
    article.image_caption = "مرفأ بيروت"
    article.body_html = (
        '<p>قبل</p><figure><img src="https://cdn.example/b.jpg?x=1&amp;y=2" alt="&quot;ب&quot;">'
        '</figure><p>بعد</p><img src="https://cdn.example/pixel.gif" alt="">'
    )
    without = load_articles(session, [number], language="ar", base_url=BASE)[0]
    assert (without.image_url, without.small_image_url, without.image_width) == ("", "", 0)
    assert "cdn.example" not in without.body_html
    for path, width in (("a.jpg?w=1&h=2", 900), ("b.jpg?x=1&y=2", 600)):
        data = encoded(drawing(width, 400), "JPEG")
        keep_picture(session, now=now, url=f"https://cdn.example/{path}", data=data)
    shown = load_articles(session, [number], language="ar", base_url=BASE)[0]
    name = kept(session, [article.image_url])[article.image_url].name
    assert shown.image_url == f"{BASE}/i/{name}.jpg"
    assert shown.small_image_url == f"{BASE}/i/{name}-s.jpg"
    assert (shown.image_width, shown.image_height) == (900, 400)
    assert shown.image_alt == "مرفأ بيروت"
    assert f'<img src="{BASE}/i/' in shown.body_html
    assert 'alt="&quot;ب&quot;" width="600" height="400">' in shown.body_html
    assert "cdn.example" not in shown.body_html


def campaign_of(session: Session, article_ids: list[int], now: datetime) -> int:
    campaign = Campaign(
        kind=CampaignKind.DIGEST,
        state=CampaignState.SCHEDULED,
        article_ids=article_ids,
        topic_mask=0,
        policy=UncertainPolicy.RESEND,
        send_at=now,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    return campaign.id


def test_freezing_fetches_what_is_missing_and_leaves_out_what_hangs(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    server: _Site,
    newsroom: Newsroom,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "FREEZING_SECONDS", 2.0)
    server.files["/a.jpg"] = ("image/jpeg", encoded(drawing(), "JPEG"))
    ids = []
    for path in ("/a.jpg", "/hangs.jpg"):
        ids.append(newsroom.article(path, "politics"))
        session.get_one(Article, ids[-1]).image_url = server.url(path)
    newsroom.reader("r", "politics")
    number = campaign_of(session, ids, now)
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=number)
    session.expire_all()
    assert session.get_one(Campaign, number).state is CampaignState.SENDING
    (html,) = session.scalars(select(Variant.html).where(Variant.campaign_id == number))
    ready = picture(session, server.url("/a.jpg"))
    assert f"{BASE}/i/{ready.name}" in html
    assert "127.0.0.1" not in html
    assert picture(session, server.url("/hangs.jpg")).reason == "timeout"
    shown = session.scalars(
        select(CampaignPicture.picture_id).where(CampaignPicture.campaign_id == number)
    ).all()
    assert shown == [ready.id]


@pytest.mark.parametrize("path", ["/late.jpg", "/page"])
def test_freezing_does_not_wait_again_for_what_has_failed(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    server: _Site,
    newsroom: Newsroom,
    now: datetime,
    path: str,
) -> None:
    server.files["/page"] = ("text/html", b"<p>never</p>")
    number = newsroom.article("خبر", "politics")
    session.get_one(Article, number).image_url = server.url(path)
    session.commit()
    for _ in range(2):
        assert fetch_for_freezing(sessions, settings, now=now, article_ids=[number]) == 0
    assert len(server.seen) == 1


def test_many_pictures_are_wanted_at_once_and_ten_thousand_of_one_text_are_not(
    session: Session, now: datetime
) -> None:
    want(session, [f"https://a.example/{n}.jpg" for n in range(2500)], now=now)
    assert session.scalar(select(func.count(Picture.id))) == 2500
    body = "".join(f'<img src="https://a.example/{n}.jpg" alt="">' for n in range(10_000))
    assert len(addresses_in(body)) == MAX_IN_BODY
