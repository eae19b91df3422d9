"""WebSub from end to end: a feed names its hub, the hub is asked, comes back, and pushes; what is
forged, replayed or late does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.hub import HubState
from app.links import Links
from app.store.tables import Article, HubPush, Source, Topic
from app.store.tables import Hub as HubRow
from app.usecases.ingest_sources import ingest_push, ingest_source
from app.usecases.manage_sources import add_source, set_source_active
from app.usecases.prune import prune
from app.usecases.subscribe_hub import may_be_called, subscribe_hub
from app.usecases.tick import tick
from tests.web.hub import Hub, running_hub
from tests.web.site import Site


@pytest.fixture(scope="module")
def running() -> Iterator[Hub]:
    with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(running: Hub) -> Hub:
    running.asked, running.status, running.names_itself = [], 202, True
    running.titles = ["خبر أول"]
    return running


class Desk:
    """A source whose feed names the hub, and the steps that workers take for it."""

    def __init__(
        self,
        session: Session,
        sessions: sessionmaker[Session],
        settings: Settings,
        site: Site,
        hub: Hub,
    ) -> None:
        self.session, self.sessions, self.settings = session, sessions, settings
        self.site, self.hub = site, hub
        self.source: Source = add_source(
            session, now=site.clock.now, url=hub.url("/feed"), topic="economy"
        )
        session.commit()

    def look(self) -> None:
        ingest_source(
            self.sessions, self.settings, now=self.site.clock.now, source_id=self.source.id
        )
        self.session.expire_all()

    def ask(self) -> None:
        subscribe_hub(
            self.sessions,
            self.settings,
            Links(self.settings),
            now=self.site.clock.now,
            source_id=self.source.id,
        )
        self.session.expire_all()

    def subscribe(self) -> None:
        self.look()
        self.ask()
        assert self.site.open(self.hub.question()).status_code == 200

    def push(self, body: bytes, signature: str | None = None) -> int:
        headers = {"Content-Type": "application/rss+xml"}
        given = self.hub.signature(body) if signature is None else signature
        if given:
            headers["X-Hub-Signature"] = given
        return self.site.post(self.hub.callback, body, headers=headers).status_code

    def take_in(self) -> list[str]:
        """What the workers do with the pushes that wait."""
        waiting = self.session.scalars(select(HubPush.id).where(HubPush.next_at.is_not(None)))
        for push_id in waiting.all():
            ingest_push(self.sessions, self.settings, now=self.site.clock.now, push_id=push_id)
        self.session.expire_all()
        found = select(Article.headline).where(Article.source_id == self.source.id)
        return sorted(self.session.scalars(found))

    def row(self) -> HubRow:
        return self.session.get_one(HubRow, self.source.id)


@pytest.fixture
def desk(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    site: Site,
    hub: Hub,
    topics: list[Topic],
) -> Desk:
    return Desk(session, sessions, settings, site, hub)


def test_from_the_feeds_word_to_a_push(desk: Desk, hub: Hub, redis_url: str) -> None:
    desk.look()
    assert (desk.row().state, desk.row().url) == (HubState.WANTED, hub.url("/hub"))
    desk.ask()
    assert hub.newest["hub.mode"] == "subscribe"
    assert hub.newest["hub.topic"] == hub.url("/feed")
    assert hub.newest["hub.callback"].startswith("https://levant.example/hub/")
    assert len(hub.newest["hub.secret"]) >= 32
    answer = desk.site.open(hub.question())
    assert (answer.status_code, answer.text) == (200, "a<b>&challenge")
    assert answer.mimetype == "text/plain"
    row = desk.row()
    assert (row.state, row.expires_at) == (
        HubState.VERIFIED,
        desk.site.clock.now + timedelta(days=10),
    )
    hub.titles = ["خبر ثان"]
    with Redis.from_url(redis_url) as redis:
        before = redis.llen("content")
        assert desk.push(hub.feed()) == 202
        assert redis.llen("content") == before + 1
    assert desk.take_in() == ["خبر أول", "خبر ثان"]
    assert desk.row().pushed_at == desk.site.clock.now


def test_a_push_is_taken_before_the_hub_has_come_back(desk: Desk, hub: Hub) -> None:
    desk.look()
    desk.ask()
    hub.titles = ["خبر سريع"]
    assert desk.push(hub.feed()) == 202
    assert "خبر سريع" in desk.take_in()


@pytest.mark.parametrize("forged", ["", "sha256=00", "sha1=" + "0" * 40, "nonsense"])
def test_what_is_not_signed_by_the_hub_does_nothing(desk: Desk, hub: Hub, forged: str) -> None:
    desk.subscribe()
    hub.titles = ["خبر مزور"]
    assert desk.push(hub.feed(), forged) == 403
    other = hub.signature(hub.feed(), secret="another secret")
    assert desk.push(hub.feed(), other) == 403
    changed = hub.signature(hub.feed() + b" ")
    assert desk.push(hub.feed(), changed) == 403
    assert desk.take_in() == ["خبر أول"]
    assert desk.session.scalars(select(HubPush.id)).all() == []


def test_a_replayed_push_does_nothing(desk: Desk, hub: Hub) -> None:
    """An older version of a feed, played again, would write over what was corrected since."""
    desk.subscribe()
    hub.titles = ["خبر ثان"]
    old = hub.feed().replace("<title>خبر ثان".encode(), "<title>نص فيه خطأ".encode())
    assert desk.push(old) == 202
    assert "نص فيه خطأ" in desk.take_in()
    assert desk.push(hub.feed()) == 202
    assert desk.take_in() == ["خبر أول", "خبر ثان"]
    assert desk.push(old) == 202
    assert desk.take_in() == ["خبر أول", "خبر ثان"]


def test_a_push_of_an_earlier_lease_is_not_believed(desk: Desk, hub: Hub) -> None:
    desk.subscribe()
    hub.titles = ["خبر قديم"]
    signed = hub.signature(hub.feed())
    desk.site.clock.advance(days=7)
    desk.ask()
    assert desk.site.open(hub.question()).status_code == 200
    assert desk.push(hub.feed(), signed) == 403
    assert desk.push(hub.feed()) == 202


def test_after_its_lease_a_subscription_takes_nothing(desk: Desk, hub: Hub) -> None:
    desk.subscribe()
    desk.site.clock.advance(days=11)
    assert desk.push(hub.feed()) == 403


def test_while_it_is_renewed_the_old_secret_still_counts(desk: Desk, hub: Hub) -> None:
    desk.subscribe()
    first = hub.newest["hub.secret"]
    desk.site.clock.advance(days=7)
    hub.status = 500
    desk.ask()
    row = desk.row()
    assert (row.state, row.failures, row.reason) == (HubState.VERIFIED, 1, "bad_status")
    assert row.next_at == desk.site.clock.now + timedelta(minutes=5)
    hub.titles = ["خبر في الأثناء"]
    assert desk.push(hub.feed(), hub.signature(hub.feed(), first)) == 202


def test_a_hub_that_cannot_be_asked_is_asked_again(desk: Desk, hub: Hub) -> None:
    hub.status = 404
    desk.look()
    desk.ask()
    row = desk.row()
    assert (row.state, row.next_secret, row.failures) == (HubState.WANTED, "", 1)


def test_a_hub_may_deny(desk: Desk, hub: Hub) -> None:
    desk.look()
    desk.ask()
    denied = hub.question("denied", hub_reason="closed")
    assert desk.site.open(denied).status_code == 200
    row = desk.row()
    assert (row.state, row.reason) == (HubState.REFUSED, "denied: closed")
    assert row.next_at == desk.site.clock.now + timedelta(days=1)
    assert desk.push(hub.feed()) == 403


@pytest.mark.parametrize(
    "other",
    [
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
        {"hub_topic": "https://other.example/feed"},
        {"hub_lease_seconds": "ten"},
        {"hub_challenge": "x" * 4001},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(
    desk: Desk, hub: Hub, other: dict[str, str]
) -> None:
    desk.look()
    desk.ask()
    assert desk.site.open(hub.question(**other)).status_code == 404
    assert desk.row().state is HubState.ASKED


def test_nothing_is_confirmed_that_is_not_under_way(desk: Desk, hub: Hub) -> None:
    desk.look()
    desk.ask()
    question = hub.question()
    desk.row().state, desk.row().next_secret = HubState.WANTED, ""
    assert desk.site.open(question).status_code == 404
    for token in ("", "A" * 32, Links(desk.settings).unsubscribe_token(desk.source.id, 0)):
        assert desk.site.open(f"/hub/{token}").status_code == 404
        assert desk.site.post(f"/hub/{token}", b"x").status_code == 404


def test_a_paused_source_takes_nothing(desk: Desk, hub: Hub) -> None:
    desk.subscribe()
    set_source_active(desk.session, now=desk.site.clock.now, source_id=desk.source.id, active=False)
    assert desk.push(hub.feed()) == 410
    assert desk.site.open(hub.question()).status_code == 404


def test_a_push_that_cannot_be_read_makes_the_source_due(desk: Desk, hub: Hub) -> None:
    desk.subscribe()
    desk.source.next_poll_at = desk.site.clock.now + timedelta(hours=1)
    assert desk.push(b"changed!") == 202
    assert desk.take_in() == ["خبر أول"]
    assert desk.source.next_poll_at == desk.site.clock.now


def test_the_tick_asks_renews_and_finds_pushes_that_were_lost(desk: Desk, hub: Hub) -> None:
    desk.look()
    assert tick(desk.sessions, desk.settings, now=desk.site.clock.now).hubs == 1
    assert tick(desk.sessions, desk.settings, now=desk.site.clock.now).hubs == 0
    desk.ask()
    desk.site.open(hub.question())
    desk.site.clock.advance(days=6)
    assert tick(desk.sessions, desk.settings, now=desk.site.clock.now).hubs == 0
    desk.push(hub.feed())
    desk.site.clock.advance(days=1)
    ticked = tick(desk.sessions, desk.settings, now=desk.site.clock.now)
    assert (ticked.hubs, ticked.pushes) == (1, 1)
    desk.take_in()
    desk.site.clock.advance(minutes=1)
    assert tick(desk.sessions, desk.settings, now=desk.site.clock.now).pushes == 0
    desk.site.clock.advance(days=100)
    assert prune(desk.sessions, desk.settings, now=desk.site.clock.now).pushes == 1


def test_two_requests_within_a_minute_are_one(desk: Desk, hub: Hub) -> None:
    desk.look()
    desk.ask()
    desk.ask()
    assert len(hub.asked) == 1


def test_a_hub_that_the_feed_names_no_more_is_forgotten(desk: Desk, hub: Hub) -> None:
    desk.subscribe()
    hub.names_itself = False
    desk.look()
    assert desk.session.get(HubRow, desk.source.id) is None
    assert desk.push(hub.feed()) == 410


def test_secrets_go_to_no_hub_over_plain_http(desk: Desk, hub: Hub) -> None:
    strict = desk.settings.with_(allow_private_feeds=False, base_url=hub.url(""))
    desk.settings = strict.with_(websub="on")
    desk.source.url = hub.url("/samples/feed.xml")  # a feed of our own is read all the same
    desk.session.commit()
    desk.look()
    assert desk.source.error_code == ""
    assert desk.session.get(HubRow, desk.source.id) is None


@pytest.mark.parametrize(
    ("websub", "base_url", "called"),
    [
        ("auto", "https://news.example.org", True),
        ("auto", "http://news.example.org", False),
        ("auto", "https://localhost", False),
        ("auto", "https://127.0.0.1:8000", False),
        ("auto", "https://10.0.0.7", False),
        ("auto", "https://nashra.local", False),
        ("on", "http://127.0.0.1:8000", True),
        ("off", "https://news.example.org", False),
    ],
)
def test_where_hubs_may_call(settings: Settings, websub: str, base_url: str, called: bool) -> None:
    assert may_be_called(settings.with_(websub=websub, base_url=base_url)) is called


def test_without_leave_no_hub_is_asked(desk: Desk, hub: Hub) -> None:
    desk.look()
    desk.settings = desk.settings.with_(websub="off")
    desk.ask()
    assert hub.asked == []
    desk.look()
    assert desk.session.get(HubRow, desk.source.id) is None
