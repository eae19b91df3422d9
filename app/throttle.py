"""How fast the whole installation may send: token buckets in Redis, shared by all workers.

A bucket refills evenly and holds a twentieth of its period's limit (a fifth of a second's), so
that in any period at most 5 % (20 %) more than the limit goes out. Time is Redis' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from redis import Redis
from redis.exceptions import RedisError

from app.config import Settings
from app.domain.sending_pace import Pace, WarmUp, doubling

# KEYS: one hash a bucket. ARGV: wanted, then rate (tokens a second) and capacity of each.
# Grants as many of the wanted tokens as every bucket has, and takes them from all.
_ACQUIRE = """
local wanted = tonumber(ARGV[1])
local clock = redis.call('time')
local now = clock[1] + clock[2] / 1000000
local granted, wait, tokens = wanted, 0, {}
for i, key in ipairs(KEYS) do
    local rate, capacity = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local state = redis.call('hmget', key, 'tokens', 'at')
    local had, at = tonumber(state[1]) or capacity, tonumber(state[2]) or now
    tokens[i] = math.min(capacity, had + math.max(0, now - at) * rate)
    granted = math.min(granted, math.floor(tokens[i]))
    if tokens[i] < 1 then wait = math.max(wait, (1 - tokens[i]) / rate) end
end
for i, key in ipairs(KEYS) do
    local rate, capacity = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    redis.call('hset', key, 'tokens', tostring(tokens[i] - granted), 'at', tostring(now))
    redis.call('expire', key, math.ceil(2 * capacity / rate) + 60)
end
return {granted, tostring(wait)}
"""

_WITHOUT_REDIS = 1.0


WARMUP_DAYS = 30


class _Bucket(NamedTuple):
    """`rate` is tokens a second."""

    key: str
    rate: float
    capacity: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """`count` messages may go out now; if 0, ask again in `wait` seconds."""

    count: int
    wait: float


class Throttle:
    """Keeps a `Pace`, at first that of the settings. Without any limit nothing is asked and
    everything granted."""

    def __init__(
        self, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._pace = pace_of(settings)
        self._clock = clock
        redis = Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=5)
        self._acquire = redis.register_script(_ACQUIRE)

    def obey(self, pace: Pace) -> None:
        """From now on this pace holds; what was granted before stays counted."""
        self._pace = pace

    def acquire(self, wanted: int) -> Grant:
        """Takes up to `wanted` tokens. While Redis is away a limited installation sends nothing:
        a limit that is not kept costs more than a pause."""
        return self._take(wanted, list(self._buckets()))

    def limits(self, domain: str) -> bool:
        """Whether this recipient domain has a limit of its own."""
        return domain in self._pace.per_domain

    def acquire_for(self, domain: str, wanted: int) -> Grant:
        """Takes up to `wanted` tokens of a limited recipient domain."""
        bucket = _bucket(f"domain:{domain}", self._pace.per_domain[domain], 1, share=5)
        return self._take(wanted, [bucket])

    def _buckets(self) -> Iterator[_Bucket]:
        pace = self._pace
        if pace.per_second:
            yield _bucket("second", pace.per_second, 1, share=5)
        if pace.per_hour:
            yield _bucket("hour", pace.per_hour, 3600, share=20)
        day = pace.limit_on(self._clock().date())
        if day:
            yield _bucket("day", day, 86_400, share=20)

    def _take(self, wanted: int, buckets: Sequence[_Bucket]) -> Grant:
        if not buckets:
            return Grant(count=wanted, wait=0.0)
        arguments = [value for bucket in buckets for value in (bucket.rate, bucket.capacity)]
        try:
            granted, wait = self._acquire(
                keys=[bucket.key for bucket in buckets], args=[wanted, *arguments]
            )
        except RedisError:
            return Grant(count=0, wait=_WITHOUT_REDIS)
        return Grant(count=int(granted), wait=float(wait))


def pace_of(settings: Settings) -> Pace:
    """The pace of the environment. While a new sending domain warms up, its day's limit begins
    at WARMUP_FIRST_DAY on the day WARMUP_FROM (UTC) and doubles every day, until it passes
    SEND_PER_DAY or `WARMUP_DAYS` are over."""
    begins = settings.warmup_from
    plan = doubling(settings.warmup_first_day, WARMUP_DAYS)
    return Pace(
        per_second=settings.send_per_second,
        per_hour=settings.send_per_hour,
        per_day=settings.send_per_day,
        per_domain=dict(settings.send_per_domain),
        connections=settings.smtp_connections,
        warmup=WarmUp(begins=begins, limits=plan) if begins is not None else None,
    )


def _bucket(name: str, limit: int, seconds: int, *, share: int) -> _Bucket:
    return _Bucket(f"nashra:rate:{name}", limit / seconds, max(1.0, limit / share))
