"""The sample articles: a whole feed by the ordinary road, and pictures that a mail can carry."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.feeds.parse import parse_feed
from app.samples.draw import HEIGHT, SCENES, WIDTH
from app.samples.feed import sample_article, sample_articles, sample_feed, sample_image
from app.usecases.manage_sources import DEFAULT_TOPICS

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


def test_the_feed_is_read_without_a_problem_and_keeps_every_part() -> None:
    feed = parse_feed(sample_feed(BASE, NOW), base_url=f"{BASE}/samples/feed.xml", now=NOW)
    assert feed.problems == ()
    found = {entry.guid.removeprefix("sample:"): entry for entry in feed.entries}
    assert list(found) == [article.slug for article in sample_articles()]
    for article in sample_articles():
        entry = found[article.slug]
        assert entry.url == f"{BASE}/samples/articles/{article.slug}"
        assert entry.published_at == NOW - timedelta(hours=article.hours)
        assert (entry.kicker, entry.headline) == (article.kicker, article.headline)
        assert entry.standfirst == article.standfirst
        assert (entry.image_alt, entry.image_caption) == (article.alt, article.caption)
        assert (entry.byline, entry.categories) == (article.byline, (article.topic,))
        related = [link.url.rpartition("/")[2] for link in entry.related]
        assert related == ([article.related] if article.related else [])
        assert "اقرأ أيضاً" not in entry.body_html


def test_the_newest_comes_first() -> None:
    assert all(one.hours <= other.hours for one, other in pairwise(sample_articles()))


def test_every_default_topic_has_articles_and_every_link_a_page() -> None:
    assert {a.topic for a in sample_articles()} == {slug for slug, _, _ in DEFAULT_TOPICS}
    for article in sample_articles():
        if article.related:
            assert sample_article(article.related) is not None


@pytest.mark.parametrize("name", SCENES)
def test_pictures_are_small_and_described(name: str) -> None:
    path = sample_image(f"{name}.png")
    assert path is not None
    data = path.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (WIDTH, HEIGHT)
    assert len(data) < 60_000
    assert [a for a in sample_articles() if a.image == name and a.alt and a.caption]


@pytest.mark.parametrize("name", ["", "../feed.py", "river", "river.png/..", "/etc/passwd"])
def test_no_other_file_is_given_out(name: str) -> None:
    assert sample_image(name) is None
