"""Slows down the guessing of passwords: counts attempts by account and by network.

The counts live in Redis, shared by all web processes; while Redis is away each process counts
for itself. Known and unknown accounts are counted alike, so a refusal tells nothing about them.
A browser that has logged in to the account before is counted apart: strangers who guess at it
lock nobody out.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Literal

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

_PAIR = RateLimitItemPerMinute(5, 5, namespace="staff-pair")
_ACCOUNT = RateLimitItemPerHour(30, 1, namespace="staff-account")
_NETWORK = RateLimitItemPerMinute(60, 15, namespace="staff-network")
_PASSKEY_NETWORK = RateLimitItemPerMinute(120, 15, namespace="staff-passkey-network")
_CODE_ACCOUNT = RateLimitItemPerHour(10, 1, namespace="staff-code-account")
_RESET_ACCOUNT = RateLimitItemPerHour(3, 1, namespace="staff-reset-account")
_RESET_NETWORK = RateLimitItemPerHour(20, 1, namespace="staff-reset-network")
REDIS_PATIENCE = 1.0
"""Seconds that an answer of Redis may take."""

REDIS_REST = 10.0
"""Seconds for which Redis is not asked again after it failed, so that no login waits for it."""


Purpose = Literal["proof", "code", "passkey", "reset"]


class TooManyAttempts(Exception):
    """No attempt is looked at now; `seconds` is how long until one will be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try to prove an identity, or to have a mail sent: for which account, from which
    network."""

    account: str
    network: str
    purpose: Purpose = "proof"
    device: str = ""

    @classmethod
    def of(
        cls, *, email_key: str, ip: str, purpose: Purpose = "proof", device: str = ""
    ) -> Attempt:
        """Counts an IPv6 host by its /64, which is what one subscriber gets. The address is
        kept only as a hash. `device` is the name of a browser that the account knows."""
        return cls(
            account=hashlib.sha256(email_key.encode()).hexdigest()[:32],
            network=network_of(ip),
            purpose=purpose,
            device=device,
        )

    def limits(self) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
        """Five tries in five minutes for an account from one network; and wider bounds for
        those who come from many networks or try many accounts. Mails are three an hour for an
        account."""
        if self.device:
            own = (self.account, self.device)
            return ((_CODE_ACCOUNT, own),) if self.purpose == "code" else _on_known(own)
        if self.purpose == "code":
            # Whoever comes this far knows the password, and a new login must not give new tries.
            return ((_CODE_ACCOUNT, (self.account,)), (_NETWORK, (self.network,)))
        if self.purpose == "passkey":
            return ((_PASSKEY_NETWORK, (self.network,)),)
        if self.purpose == "reset":
            return (
                (_RESET_ACCOUNT, (self.account,)),
                (_RESET_NETWORK, (self.network,)),
            )
        return (
            (_PAIR, (self.account, self.network)),
            (_ACCOUNT, (self.account,)),
            (_NETWORK, (self.network,)),
        )


def _on_known(own: tuple[str, str]) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
    """No more tries than from one network, and in an hour no more than from everywhere."""
    return (_PAIR, own), (_ACCOUNT, own)


@dataclass(slots=True)
class Throttle:
    """The counter of one web process."""

    redis_url: str
    _shared: Storage | None = None
    _own: Storage = field(default_factory=MemoryStorage)
    _rest_until: float = 0.0

    def count(self, attempt: Attempt) -> None:
        """Counts the attempt before it is looked at, so that parallel ones are no way around.
        Raises `TooManyAttempts`."""
        shared = self._reachable()
        if shared is not None:
            try:
                _count(shared, attempt)
            except StorageError:
                self._rest()
            else:
                return
        _count(self._own, attempt)

    def forgive(self, attempt: Attempt) -> None:
        """After a success the account starts afresh; the network's count stays."""
        names_account = [one for one in attempt.limits() if one[0] is not _NETWORK]
        for storage in (self._reachable(), self._own):
            if storage is None:
                continue
            limiter = FixedWindowRateLimiter(storage)
            try:
                for item, names in names_account:
                    limiter.clear(item, *names)
            except StorageError:
                self._rest()

    def _reachable(self) -> Storage | None:
        if time.monotonic() < self._rest_until:
            return None
        if self._shared is None:
            pool = ConnectionPool.from_url(
                self.redis_url, socket_timeout=REDIS_PATIENCE, retry=Retry(NoBackoff(), 0)
            )
            self._shared = RedisStorage(
                self.redis_url,
                connection_pool=pool,
                key_prefix="nashra:limits",
                wrap_exceptions=True,
            )
        return self._shared

    def _rest(self) -> None:
        self._rest_until = time.monotonic() + REDIS_REST


def network_of(ip: str) -> str:
    """The address itself, or the /64 of an IPv6 one."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, IPv6Address):
        return address.exploded[:19]
    return str(address)


def _count(storage: Storage, attempt: Attempt) -> None:
    limiter = FixedWindowRateLimiter(storage)
    for item, names in attempt.limits():
        if not limiter.hit(item, *names):
            reset = limiter.get_window_stats(item, *names).reset_time
            raise TooManyAttempts(max(1, round(reset - time.time())))
