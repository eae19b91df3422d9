"""Which links were opened from one place in the last seconds: a note in Redis that ends by itself.

A place is a keyed hash of a network and a browser's name; neither can be read from it, and after
half a minute nothing of it is left. While Redis is away nothing is noted and every click counts
as the first.
"""

from __future__ import annotations

import hmac
import time
from datetime import UTC, datetime

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.config import Settings
from app.domain.clicks import BURST_WINDOW, hour_of

# KEYS: a place's note. ARGV: what is opened, the time and the window in milliseconds, and how many
# seconds the note is kept. A note begins anew when its window is over.
_NOTE = """
local now, start = tonumber(ARGV[2]), tonumber(redis.call('get', KEYS[2]) or -1)
if start < 0 or now < start or now - start > tonumber(ARGV[3]) then
    redis.call('del', KEYS[1])
    redis.call('set', KEYS[2], ARGV[2])
end
redis.call('hincrby', KEYS[1], ARGV[1], 1)
redis.call('expire', KEYS[1], ARGV[4])
redis.call('expire', KEYS[2], ARGV[4])
return redis.call('hgetall', KEYS[1])
"""

_KEPT = 30
"""Seconds that a note stays in Redis: enough for its window, whatever the clocks."""

_PATIENCE = 0.5
_REST = 10.0
"""Seconds that one answer of Redis may take, and for which it is not asked after a failure."""

Opened = dict[tuple[int, datetime], int]
"""How often each (link, hour) was opened."""


class Bursts:
    """The notes of one web process; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._key = hmac.digest(settings.secret_key.encode(), b"nashra bursts", "sha256")
        self._redis = Redis.from_url(
            settings.redis_url,
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._note = self._redis.register_script(_NOTE)
        self._rest_until = 0.0

    def place(self, network: str, agent: str) -> str:
        """What stands for a network and a browser."""
        return hmac.digest(self._key, f"{network}\n{agent}".encode(), "sha256").hex()[:24]

    def note(self, place: str, campaign_id: int, link_id: int, *, now: datetime) -> Opened:
        """Notes that a link is opened; returns all that were opened from this place within the
        window, this one included. Each call sees a number that no other sees."""
        hour = hour_of(now)
        this = (link_id, hour)
        if time.monotonic() < self._rest_until:
            return {this: 1}
        key = f"nashra:burst:{campaign_id}:{place}"
        try:
            opened = f"{link_id}@{int(hour.timestamp())}"
            window = int(BURST_WINDOW.total_seconds() * 1000)
            moment = int(now.timestamp() * 1000)
            found = self._note(keys=[key, f"{key}:start"], args=[opened, moment, window, _KEPT])
        except RedisError:
            self._rest_until = time.monotonic() + _REST
            return {this: 1}
        pairs = iter(found)
        return {_read(name): int(times) for name, times in zip(pairs, pairs, strict=True)}


def _read(name: bytes) -> tuple[int, datetime]:
    link, _, hour = name.decode().partition("@")
    return int(link), datetime.fromtimestamp(int(hour), UTC)
