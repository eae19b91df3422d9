"""Which links were opened from one place in the last seconds: a note in Redis that ends by itself.

A place is a keyed hash of a network and a browser's name; neither can be read from it, and after
`BURST_WINDOW` nothing of it is left. While Redis is away nothing is noted and every click counts
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
from app.domain.clicks import BURST_WINDOW

# KEYS: a place's note. ARGV: what is opened, and how many seconds the note lasts from the first.
_NOTE = """
redis.call('hincrby', KEYS[1], ARGV[1], 1)
if redis.call('ttl', KEYS[1]) < 0 then redis.call('expire', KEYS[1], ARGV[2]) end
return redis.call('hgetall', KEYS[1])
"""

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

    def note(self, place: str, campaign_id: int, link_id: int, hour: datetime) -> Opened:
        """Notes that a link is opened; returns all that were opened from this place within the
        window, this one included. Each call sees a number that no other sees."""
        this = (link_id, hour)
        if time.monotonic() < self._rest_until:
            return {this: 1}
        key = f"nashra:burst:{campaign_id}:{place}"
        try:
            opened = f"{link_id}@{int(hour.timestamp())}"
            found = self._note(keys=[key], args=[opened, int(BURST_WINDOW.total_seconds())])
        except RedisError:
            self._rest_until = time.monotonic() + _REST
            return {this: 1}
        pairs = iter(found)
        return {_read(name): int(times) for name, times in zip(pairs, pairs, strict=True)}


def _read(name: bytes) -> tuple[int, datetime]:
    link, _, hour = name.decode().partition("@")
    return int(link), datetime.fromtimestamp(int(hour), UTC)
