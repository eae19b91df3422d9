"""Counting attempts: shared over Redis, alone without it."""

from __future__ import annotations

import pytest

from app.web.admin.throttle import Attempt, Throttle, TooManyAttempts, network_of

pytestmark = pytest.mark.usefixtures("redis_emptied")

NO_REDIS = "redis://127.0.0.1:1/0"


def attempt(account: str = "a@levant.example", ip: str = "192.0.2.1", device: str = "") -> Attempt:
    return Attempt.of(email_key=account, ip=ip, device=device)


def tries(throttle: Throttle, many: int, one: Attempt) -> int:
    """How many of so many tries were let through."""
    passed = 0
    for _ in range(many):
        try:
            throttle.count(one)
        except TooManyAttempts:
            continue
        passed += 1
    return passed


def test_two_processes_count_together(redis_url: str) -> None:
    first, second = Throttle(redis_url), Throttle(redis_url)
    assert tries(first, 3, attempt()) + tries(second, 3, attempt()) == 5


def test_without_redis_a_process_counts_for_itself() -> None:
    throttle = Throttle(NO_REDIS)
    assert tries(throttle, 9, attempt()) == 5
    with pytest.raises(TooManyAttempts) as refusal:
        throttle.count(attempt())
    assert 0 < refusal.value.seconds <= 300


@pytest.mark.parametrize("shared", [True, False])
def test_a_success_is_forgiving(redis_url: str, shared: bool) -> None:
    throttle = Throttle(redis_url if shared else NO_REDIS)
    assert tries(throttle, 4, attempt()) == 4
    throttle.forgive(attempt())
    assert tries(throttle, 9, attempt()) == 5


def test_an_account_tried_from_everywhere_is_slowed_down(redis_url: str) -> None:
    throttle = Throttle(redis_url)
    passed = sum(tries(throttle, 1, attempt(ip=f"192.0.2.{n}")) for n in range(40))
    assert passed == 30


def test_a_network_that_tries_everybody_is_slowed_down(redis_url: str) -> None:
    throttle = Throttle(redis_url)
    passed = sum(tries(throttle, 1, attempt(account=f"{n}@levant.example")) for n in range(70))
    assert passed == 60


def test_a_known_device_is_counted_apart_and_is_not_free(redis_url: str) -> None:
    throttle = Throttle(redis_url)
    for number in range(40):
        tries(throttle, 1, attempt(ip=f"192.0.2.{number}"))
    assert tries(throttle, 1, attempt(ip="198.51.100.1")) == 0
    assert tries(throttle, 9, attempt(ip="192.0.2.1", device="laptop")) == 5
    assert tries(throttle, 1, attempt(ip="192.0.2.1", device="phone")) == 1


def test_an_ipv6_host_is_its_network() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
