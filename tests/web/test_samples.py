"""The sample feed as the site serves it: stable, complete, and only beside embedded servers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.store.tables import Topic
from app.usecases.manage_sources import add_source
from tests.web.articles import add_article
from tests.web.conftest import Clock, make_app
from tests.web.site import Site


@pytest.fixture
def box(
    settings: Settings,
    session: Session,
    sessions: sessionmaker[Session],
    clock: Clock,
    topics: list[Topic],
) -> Site:
    app = make_app(settings.with_(embedded=frozenset({"postgres"})), sessions, clock)
    return Site(app.test_client(), clock, session)


def test_the_feed_is_the_same_whenever_it_is_fetched(box: Site, session: Session) -> None:
    add_source(
        session,
        now=box.clock.now,
        url="http://127.0.0.1:8000/samples/feed.xml",
        topic="politics",
        name="",
    )
    first = box.open("/samples/feed.xml")
    box.clock.advance(hours=30)
    assert first.mimetype == "application/rss+xml"
    assert box.open("/samples/feed.xml").data == first.data


def test_its_pictures_are_served_and_its_links_lead_to_the_articles(
    box: Site, session: Session, topics: list[Topic]
) -> None:
    feed = etree.fromstring(box.open("/samples/feed.xml").data)
    pictures = {one.get("url") for one in feed.iter("{http://search.yahoo.com/mrss/}content")}
    assert pictures
    for address in pictures:
        answer = box.open(address.removeprefix("https://levant.example"))
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        answer.close()
    link = feed.findtext("channel/item/link")
    path = link.removeprefix("https://levant.example")
    assert box.open(path).status_code == 404
    source = add_source(
        session, now=box.clock.now, url="https://a.example/", topic="politics", name=""
    )
    article = add_article(session, source, topics[0], box.clock.now, url=link)
    assert box.open(path).location == f"/a/{article.id}"


@pytest.mark.parametrize("name", ["feed.txt", "..%2f__init__.py", "nothing.png", "articles/none"])
def test_nothing_else_is_served(box: Site, name: str) -> None:
    assert box.open(f"/samples/{name}").status_code == 404


@pytest.mark.parametrize("path", ["feed.xml", "harbour.png", "articles/river-accord"])
def test_a_deployment_has_no_samples(client: FlaskClient, path: str) -> None:
    assert client.get(f"/samples/{path}", base_url="https://levant.example").status_code == 404
