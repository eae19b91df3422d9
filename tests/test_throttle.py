"""The shared limits, on a real Redis."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from redis import Redis

from app.config import Settings
from app.domain.sending_pace import Pace
from app.throttle import WARMUP_DAYS, Throttle


@pytest.fixture(autouse=True)
def full_buckets(redis_url: str) -> None:
    Redis.from_url(redis_url).flushall()


def test_without_limits_everything_is_granted_and_nobody_is_asked(settings: Settings) -> None:
    away = settings.with_(redis_url="redis://127.0.0.1:1/0")
    assert Throttle(away).acquire(100).count == 100


def test_workers_share_one_bucket(settings: Settings) -> None:
    limited = settings.with_(send_per_hour=2_000)
    one, other = Throttle(limited), Throttle(limited)
    assert one.acquire(80).count == 80
    second = other.acquire(80)
    assert 20 <= second.count <= 21, "a twentieth of the hour's limit lies ready"
    none_left = one.acquire(80)
    assert none_left.count == 0
    assert 0 < none_left.wait <= 1.8, "2,000 an hour is one in 1.8 seconds"


def test_the_tightest_limit_decides(settings: Settings) -> None:
    limited = settings.with_(send_per_second=1_000, send_per_day=100)
    assert Throttle(limited).acquire(500).count == 5


def test_a_domain_has_a_limit_of_its_own(settings: Settings) -> None:
    throttle = Throttle(settings.with_(send_per_domain=(("big.example", 10),)))
    assert throttle.limits("big.example")
    assert not throttle.limits("small.example")
    assert throttle.acquire_for("big.example", 50).count == 2
    assert throttle.acquire_for("big.example", 50).count == 0
    assert throttle.acquire(50).count == 50


@pytest.mark.parametrize(
    ("day", "granted"), [(-1, 5), (0, 5), (1, 10), (3, 40), (4, 50), (WARMUP_DAYS, 50)]
)
def test_a_new_domain_warms_up(settings: Settings, day: int, granted: int) -> None:
    begin = date(2025, 1, 22)
    today = datetime(2025, 1, 22, 12, tzinfo=UTC).timestamp() + day * 86_400
    throttle = Throttle(
        settings.with_(send_per_day=1_000, warmup_from=begin, warmup_first_day=100),
        clock=lambda: datetime.fromtimestamp(today, UTC),
    )
    assert throttle.acquire(1_000).count == granted, "a twentieth of the day's limit"


def test_a_limited_installation_waits_for_redis(settings: Settings) -> None:
    away = settings.with_(redis_url="redis://127.0.0.1:1/0", send_per_second=10)
    grant = Throttle(away).acquire(5)
    assert (grant.count, grant.wait) == (0, 1.0)


def test_another_pace_holds_at_once(settings: Settings) -> None:
    throttle = Throttle(settings.with_(send_per_day=1_000))
    assert throttle.acquire(1_000).count == 50
    throttle.obey(Pace(per_domain={"big.example": 5}))
    assert throttle.acquire(1_000).count == 1_000
    assert throttle.limits("big.example")
    throttle.obey(Pace(per_second=10))
    assert throttle.acquire(1_000).count == 2
