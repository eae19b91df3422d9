"""Bounds on how often something may be asked, counted in Redis for all web processes.

While Redis is away nothing is counted and everybody may pass: what must hold even then is kept in
the database.
"""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

_PATIENCE = 1.0
_REST = 10.0
"""Seconds that one answer of Redis may take, and for which it is not asked after a failure."""


class TooMany(Exception):
    """A bound is reached; `seconds` is how long until it opens again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


class Limiter:
    """The counter of one web process; safe to share between threads."""

    def __init__(self, redis_url: str) -> None:
        pool = ConnectionPool.from_url(
            redis_url,
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        storage = RedisStorage(
            redis_url, connection_pool=pool, key_prefix="nashra:limits", wrap_exceptions=True
        )
        self._limiter = FixedWindowRateLimiter(storage)
        self._rest_until = 0.0

    def hit(self, *counted: tuple[RateLimitItem, str]) -> None:
        """Counts once against each bound, by name. Raises `TooMany` at the first that is full."""
        if time.monotonic() < self._rest_until:
            return
        try:
            for item, name in counted:
                if not self._limiter.hit(item, name):
                    reset = self._limiter.get_window_stats(item, name).reset_time
                    raise TooMany(max(1, round(reset - time.time())))
        except StorageError:
            self._rest_until = time.monotonic() + _REST


def network_of(ip: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that a subscriber of IPv6 has."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return address.exploded[:19]
    return str(address)
