"""How fast the whole installation may send: token buckets in Redis, shared by all workers.

A bucket refills evenly and holds a twentieth of its period's limit (a fifth of a second's), so
that in any period at most 5 % (20 %) more than the limit goes out. Time is Redis' own.
"""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError

from app.config import Settings

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """`count` messages may go out now; if 0, ask again in `wait` seconds."""

    count: int
    wait: float


class Throttle:
    """The limits of the settings. Without any, nothing is asked and everything granted."""

    def __init__(self, settings: Settings) -> None:
        limits = (
            ("second", settings.send_per_second, 1, 5),
            ("hour", settings.send_per_hour, 3600, 20),
            ("day", settings.send_per_day, 86_400, 20),
        )
        self._keys = [f"nashra:rate:{name}" for name, limit, _, _ in limits if limit]
        self._arguments = [
            value
            for _, limit, seconds, share in limits
            if limit
            for value in (limit / seconds, max(1.0, limit / share))
        ]
        if self._keys:
            redis = Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=5)
            self._acquire = redis.register_script(_ACQUIRE)

    def acquire(self, wanted: int) -> Grant:
        """Takes up to `wanted` tokens. While Redis is away a limited installation sends nothing:
        a limit that is not kept costs more than a pause."""
        if not self._keys:
            return Grant(count=wanted, wait=0.0)
        try:
            granted, wait = self._acquire(keys=self._keys, args=[wanted, *self._arguments])
        except RedisError:
            return Grant(count=0, wait=_WITHOUT_REDIS)
        return Grant(count=int(granted), wait=float(wait))
