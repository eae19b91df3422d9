"""The web application on the real services, inside the test's own transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.store.tables import Topic
from app.web.factory import create_app
from tests.usecases.newsroom import Newsroom
from tests.web.editions import Editions
from tests.web.site import Site

TOPICS = (("politics", "سياسة", "Politics"), ("economy", "اقتصاد", "Economy"))


@dataclass(slots=True)
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def redis_emptied(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()


@pytest.fixture
def topics(session: Session) -> list[Topic]:
    made = [
        Topic(slug=slug, name_ar=ar, name_en=en, position=bit, bit=bit)
        for bit, (slug, ar, en) in enumerate(TOPICS)
    ]
    session.add_all(made)
    session.flush()
    return made


class CompiledTemplates(BytecodeCache):
    """What one application has compiled serves the next ones of the same process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()


def make_app(settings: Settings, sessions: sessionmaker[Session], clock: Clock) -> Flask:
    app = create_app(settings, clock)
    app.jinja_env.bytecode_cache = TEMPLATES
    app.extensions["nashra"] = replace(app.extensions["nashra"], sessions=sessions)
    return app


@pytest.fixture
def app(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, redis_emptied: None
) -> Flask:
    return make_app(settings, sessions, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def site(client: FlaskClient, clock: Clock, session: Session, topics: list[Topic]) -> Site:
    """Somebody in front of the site, without JavaScript."""
    return Site(client, clock, session)


@pytest.fixture
def editions(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> Editions:
    newsroom = Newsroom(session, now)
    return Editions(session=session, sessions=sessions, settings=settings, newsroom=newsroom)
