"""What counts as one place for the bounds on sign-ups."""

from __future__ import annotations

import pytest

from app.web.limiter import TooMany, network_of
from app.web.public.limits import BY_DOMAIN, SignupLimits


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("2001:db8:1:2:aaaa::1", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:bbbb::9", "2001:0db8:0001:0002"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_place_is_an_address_or_what_a_subscriber_of_ipv6_has(ip: str, network: str) -> None:
    assert network_of(ip) == network


def test_one_mail_domain_has_a_bound_of_its_own(redis_url: str, redis_emptied: None) -> None:
    limits = SignupLimits(redis_url)
    for number in range(BY_DOMAIN.amount):
        limits.count(ip=f"10.{number // 250}.0.{number % 250}", domain="flood.example")
    with pytest.raises(TooMany) as refused:
        limits.count(ip="10.9.9.9", domain="flood.example")
    assert 0 < refused.value.seconds <= 3600
    limits.count(ip="10.9.9.9", domain="calm.example")
