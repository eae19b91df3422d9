"""Bounds on sign-ups by network, by mail domain and altogether.

They are wide: many readers share one address of their provider. While Redis is away nothing is
counted; the bound on mails to one address is kept in the database and holds on its own.
"""

from __future__ import annotations

from limits import RateLimitItemPerDay, RateLimitItemPerHour

from app.web.limiter import Limiter, network_of

BY_NETWORK_HOUR = RateLimitItemPerHour(60, namespace="signup-network")
BY_NETWORK_DAY = RateLimitItemPerDay(200, namespace="signup-network")
BY_DOMAIN = RateLimitItemPerHour(600, namespace="signup-domain")
OVERALL = RateLimitItemPerHour(5_000, namespace="signup-all")


class SignupLimits:
    """The counter of one web process; safe to share between threads."""

    def __init__(self, redis_url: str) -> None:
        self._limiter = Limiter(redis_url)

    def count(self, *, ip: str, domain: str) -> None:
        """Counts one sign-up. Raises `TooMany` when it is one more than a bound allows."""
        network = network_of(ip)
        self._limiter.hit(
            (BY_NETWORK_HOUR, network),
            (BY_NETWORK_DAY, network),
            (BY_DOMAIN, domain),
            (OVERALL, "all"),
        )
