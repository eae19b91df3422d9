"""WebSub (W3C Recommendation of 2018): the states of a subscription at a hub, how a push is
proven, and when a lease is renewed.

    wanted → asked → verified → asked (renewing) → ... ;  refused, and wanted again a day later
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(days=10)
"""What is asked for; the hub decides."""

SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=90)
VERIFY_WITHIN = timedelta(minutes=30)
"""A hub that has not come back by then is asked again."""

AFTER_REFUSAL = timedelta(days=1)

_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-fA-F]{40,128})")


class HubState(StrEnum):
    WANTED = "wanted"
    ASKED = "asked"
    VERIFIED = "verified"
    REFUSED = "refused"


def is_signed(header: str, body: bytes, secrets: tuple[str, ...]) -> bool:
    """Whether `X-Hub-Signature` proves that `body` comes from who holds one of `secrets`
    (section 8 of the Recommendation). Compared in constant time; no secret proves nothing."""
    found = _SIGNATURE.fullmatch(header.strip())
    if found is None:
        return False
    method, given = found[1], found[2].lower()
    expected = [hmac.new(one.encode(), body, method).hexdigest() for one in secrets if one]
    return any(hmac.compare_digest(given, one) for one in expected)


def lease_of(text: str) -> timedelta | None:
    """The lease a hub grants (`hub.lease_seconds`), within reason; None if it is no number."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return None
    return min(max(timedelta(seconds=int(text)), SHORTEST_LEASE), LONGEST_LEASE)


def renew_at(now: datetime, lease: timedelta) -> datetime:
    """After two thirds of the lease: enough time is left for some failures."""
    return now + timedelta(seconds=lease.total_seconds() * 2 / 3)


def ask_again_at(now: datetime, failures: int) -> datetime:
    """After a failed request: 5 minutes, twice as long each time, up to a day."""
    rest = timedelta(minutes=5 * 2 ** min(max(failures - 1, 0), 10))
    return now + min(rest, timedelta(days=1))
