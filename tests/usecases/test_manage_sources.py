"""Topics and sources made by editors, and every refusal with its code."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.store.tables import Topic
from app.usecases.manage_sources import (
    DEFAULT_TOPICS,
    InvalidSource,
    add_source,
    add_topic,
    ensure_default_topics,
    request_fetch,
    set_source_active,
)


@pytest.fixture
def topics(session: Session) -> list[str]:
    """The default topics alone."""
    session.execute(delete(Topic))
    ensure_default_topics(session)
    return [slug for slug, _, _ in DEFAULT_TOPICS]


def test_default_topics_are_founded_once_and_only_in_an_empty_house(
    session: Session, topics: list[str]
) -> None:
    ensure_default_topics(session)
    found = session.scalars(select(Topic).order_by(Topic.position)).all()
    assert [topic.slug for topic in found] == topics
    assert [topic.bit for topic in found] == list(range(len(topics)))
    session.execute(delete(Topic).where(Topic.slug != "sport"))
    ensure_default_topics(session)
    assert session.scalar(select(func.count(Topic.id))) == 1


def test_a_topic_takes_the_lowest_free_bit_and_the_last_place(
    session: Session, topics: list[str]
) -> None:
    session.execute(delete(Topic).where(Topic.bit == 2))
    made = add_topic(session, slug="world-news", name_ar=" العالم ", name_en="World")
    assert (made.bit, made.position, made.name_ar) == (2, len(topics), "العالم")


@pytest.mark.parametrize(
    ("slug", "name", "code"),
    [
        ("", "x", "bad_slug"),
        ("World", "x", "bad_slug"),
        ("world news", "x", "bad_slug"),
        ("-world", "x", "bad_slug"),
        ("world\n", "x", "bad_slug"),
        ("سياسة", "x", "bad_slug"),
        ("x" * 41, "x", "bad_slug"),
        ("world", " ", "needs_name"),
        ("sport", "x", "slug_taken"),
    ],
)
def test_what_is_no_topic(
    session: Session, topics: list[str], slug: str, name: str, code: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        add_topic(session, slug=slug, name_ar="عالم", name_en=name)
    assert caught.value.code == code


def test_there_is_room_for_62_topics(session: Session, topics: list[str]) -> None:
    for number in range(62 - len(topics)):
        add_topic(session, slug=f"t{number}", name_ar="موضوع", name_en="Topic")
    with pytest.raises(InvalidSource) as caught:
        add_topic(session, slug="one-more", name_ar="موضوع", name_en="Topic")
    assert caught.value.code == "too_many_topics"


def test_a_source_is_due_at_once(session: Session, topics: list[str], now: datetime) -> None:
    made = add_source(
        session, now=now, url=" HTTPS://Sidra.example:443/feed ", topic="sport", name=" سدرة "
    )
    assert (made.url, made.name) == ("https://sidra.example/feed", "سدرة")
    assert (made.next_poll_at, made.active, made.topic.slug) == (now, True, "sport")


@pytest.mark.parametrize(
    ("url", "topic", "code"),
    [
        ("sidra.example/feed", "sport", "bad_url"),
        ("ftp://sidra.example/feed", "sport", "bad_url"),
        ("https://me:secret@sidra.example/feed", "sport", "bad_url"),
        ("https://sidra.example/\u202efeed", "sport", "bad_url"),
        ("https://sidra.example/" + "x" * 2000, "sport", "bad_url"),
        ("https://other.example/feed", "weather", "unknown_topic"),
        ("https://SIDRA.example/feed", "sport", "known_source"),
    ],
)
def test_what_is_no_source(
    session: Session, topics: list[str], now: datetime, url: str, topic: str, code: str
) -> None:
    add_source(session, now=now, url="https://sidra.example/feed", topic="sport")
    with pytest.raises(InvalidSource) as caught:
        add_source(session, now=now, url=url, topic=topic)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


def test_paused_and_asked_for(session: Session, topics: list[str], now: datetime) -> None:
    made = add_source(session, now=now, url="https://sidra.example/feed", topic="sport")
    made.next_poll_at = now + timedelta(hours=6)
    assert not set_source_active(session, now=now, source_id=made.id, active=False).active
    assert made.next_poll_at == now + timedelta(hours=6)
    assert request_fetch(session, now=now, source_id=made.id).next_poll_at == now
    made.next_poll_at = now + timedelta(hours=6)
    again = set_source_active(session, now=now, source_id=made.id, active=True)
    assert (again.active, again.next_poll_at) == (True, now)
