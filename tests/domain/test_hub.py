"""WebSub: what proves a push, and how long leases are."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.hub import ask_again_at, is_signed, lease_of, renew_at

BODY = "<rss>خبر</rss>".encode()
NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)


def _signed(method: str, secret: str = "s", body: bytes = BODY) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_recommendation_proves(method: str) -> None:
    assert is_signed(_signed(method), BODY, ("s",))
    assert is_signed(
        _signed(method).replace("=", "=", 1).upper().replace(method.upper(), method),
        BODY,
        ("other", "s"),
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        "sha256=00",
        _signed("sha256", "other"),
        _signed("sha256", body=BODY + b" "),
        _signed("sha256") + "0",
        _signed("sha256")[:-1],
        _signed("md5"),
        hashlib.sha256(BODY).hexdigest(),
        _signed("sha256", ""),
    ],
)
def test_what_proves_nothing(header: str) -> None:
    assert not is_signed(header, BODY, ("s", ""))


def test_without_a_secret_nothing_is_proven() -> None:
    assert not is_signed(_signed("sha256", ""), BODY, ("",))
    assert not is_signed(_signed("sha256"), BODY, ())


@pytest.mark.parametrize(
    ("text", "lease"),
    [
        ("864000", timedelta(days=10)),
        ("1", timedelta(minutes=5)),
        ("99999999999", timedelta(days=90)),
        ("", None),
        ("-5", None),
        ("1e9", None),
        ("٩٠٠", None),
    ],
)
def test_leases_within_reason(text: str, lease: timedelta | None) -> None:
    assert lease_of(text) == lease


def test_a_lease_is_renewed_long_before_its_end() -> None:
    assert renew_at(NOW, timedelta(days=9)) == NOW + timedelta(days=6)


def test_a_hub_that_fails_is_asked_less_and_less_often() -> None:
    rests = [ask_again_at(NOW, failures) - NOW for failures in (1, 2, 3, 50)]
    assert [rest.total_seconds() / 60 for rest in rests] == [5, 10, 20, 1440]
