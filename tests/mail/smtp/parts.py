"""What the tests of the SMTP client share: messages, an observer that remembers, a pool."""

from __future__ import annotations

from typing import Any

from app.mail.smtp.pool import SmtpPool
from app.mail.smtp.relay import Relay
from app.mail.transport import Message, Outcome

TIMEOUT = 0.5


def message(key: int, *, to: str = "", size: int = 0) -> Message:
    lines = b"2YbYtNix2Kkg2KfZhNi12KjYp9it\r\n" * (size // 30)
    return Message(
        key=key,
        sender=f"b+{key}@levant.example",
        recipient=to or f"reader{key}@levant.example",
        data=b"Subject: %d\r\n\r\n..%d\r\n" % (key, key) + lines,
    )


def messages(count: int) -> list[Message]:
    return [message(key) for key in range(count)]


class Recorder:
    """An observer that keeps what it heard, in order: keys that were about to end, outcomes."""

    def __init__(self) -> None:
        self.heard: list[int | Outcome] = []

    def about_to_end(self, key: int) -> None:
        self.heard.append(key)

    def answered(self, outcome: Outcome) -> None:
        self.heard.append(outcome)

    @property
    def outcomes(self) -> list[Outcome]:
        return [heard for heard in self.heard if isinstance(heard, Outcome)]

    @property
    def by_key(self) -> dict[int, str]:
        """Kind and code of each message, as "sent 250"; fails on a second outcome."""
        found: dict[int, str] = {}
        for outcome in self.outcomes:
            assert outcome.key not in found
            code = "" if outcome.code is None else f" {outcome.code}"
            found[outcome.key] = f"{outcome.kind}{code}"
        return found


def pool_for(port: int, **options: Any) -> SmtpPool:
    options = {"connections": 1, "timeout": TIMEOUT} | options
    return SmtpPool(Relay.parse(f"smtp://127.0.0.1:{port}"), hello="levant.example", **options)
