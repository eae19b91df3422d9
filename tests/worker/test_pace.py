"""A worker keeps the pace that an owner chose while it runs."""

from __future__ import annotations

import pytest
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.usecases.manage_sending import PaceChoice, save_pace_choice
from worker.runtime import Runtime


@pytest.fixture
def runtime(settings: Settings, sessions: sessionmaker[Session]) -> Runtime:
    Redis.from_url(settings.redis_url).flushall()
    runtime = Runtime()
    runtime.settings, runtime.sessions = settings, sessions
    return runtime


def test_what_an_owner_chose_holds_for_the_next_chunk(runtime: Runtime, session: Session) -> None:
    throttle = runtime.delivery.throttle
    for per_day, granted in ((None, 1_000), (100, 5), (400, 20)):
        choice = PaceChoice(per_day=per_day, connections=2)
        save_pace_choice(session, now=runtime.now(), staff_id=None, choice=choice)
        session.commit()
        Redis.from_url(runtime.settings.redis_url).flushall()
        runtime.keep_pace()
        assert throttle.acquire(1_000).count == granted
    runtime.transport.close()
