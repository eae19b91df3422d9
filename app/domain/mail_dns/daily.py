"""When the DNS of the sending domain is looked at by itself: once a day, where the domain is one
that the world's name servers can know, and sooner again where they said nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

EVERY = timedelta(days=1)
ASK_AGAIN = timedelta(hours=1)
"""How long a look that was asked for may stay without an answer that can be kept."""

_RESERVED = frozenset({"example", "invalid", "local", "localhost", "test", "internal"})
"""RFC 6761 and 6762, and what ICANN keeps for private networks: nobody publishes records there."""

_RESERVED_BELOW = frozenset({"example.com", "example.net", "example.org"})


def is_published(domain: str) -> bool:
    """Whether the domain (lower case) is one that the public DNS can say something about."""
    labels = domain.rstrip(".").split(".")
    if len(labels) < 2 or labels[-1] in _RESERVED or labels[-1].isdigit():
        return False
    return ".".join(labels[-2:]) not in _RESERVED_BELOW


def is_due(*, looked: datetime | None, asked: datetime | None, now: datetime) -> bool:
    """Whether to look now: `looked` is the last look that was kept, whoever took it, and `asked`
    the last time that a look was asked for."""
    rested = asked is None or now - asked >= ASK_AGAIN
    return rested and (looked is None or now - looked >= EVERY)
