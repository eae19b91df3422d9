"""What the story of a delivery says to whatever carries mail, and what it hears back.

A use case gives messages through a `Source` and hears about each through an `Observer`; the
SMTP pool (`app.mail.smtp.pool`) is the carrier, and tests may put a fake in its place. Nothing
here knows a database: keys are the caller's own numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Protocol


class OutcomeKind(StrEnum):
    """What is known about a message when its connection has nothing more to say.

    SENT       the server took responsibility (2xx after the final dot)
    PERMANENT  refused for good (5xx), or it can never be sent over this server
    TEMPORARY  refused for now (4xx), or two connections in a row broke under it before its
               final dot could leave; certainly not accepted, worth trying later
    LOST       its final dot may have left and no answer came: nobody knows
    UNSENT     certainly not accepted and nothing was said against it: try again at no risk
    """

    SENT = "sent"
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    LOST = "lost"
    UNSENT = "unsent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message for one recipient, ready for the wire.

    `data` is the complete message: CRLF line ends, dots stuffed (RFC 5321 section 4.5.2), CRLF
    at its end, without the line that holds the final dot.
    """

    key: int
    sender: str
    recipient: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a message. `reply` is one line of text: the server's words, or ours."""

    key: int
    kind: OutcomeKind
    code: int | None = None
    reply: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """No message now: ask again in `seconds`. Answers are read meanwhile."""

    seconds: float


class Source(Protocol):
    """Where messages come from, pulled one by one as connections become free.

    `next` may do slow work (record one group, hand out the next): connections with an answer
    under way lose nothing by it. None ends the run. `deadline` is read before every message and
    again before its content: past that moment of `time.monotonic()` nothing new begins, so it
    is the end of the lease less the longest wait for an answer.
    """

    @property
    def deadline(self) -> float: ...

    def next(self) -> Message | Pause | None: ...


class Observer(Protocol):
    """Who is told. Both calls come from the thread that runs the transport.

    `about_to_end` comes just before bytes that hold the message's final dot may leave the
    process. It may come again for the same key, when the connection broke before they did.
    `answered` comes exactly once for every message that was taken from the source.
    """

    def about_to_end(self, key: int) -> None: ...

    def answered(self, outcome: Outcome) -> None: ...


class Transport(Protocol):
    def run(self, source: Source, observer: Observer) -> None:
        """Sends what the source gives until it gives None or its deadline passes.

        Returns, or raises, only when every message that was taken has its outcome.
        Raises `ConnectFailed` when no connection can be had (no message is taken before one
        is there), and whatever source or observer raise: then nothing new begins, answers that
        are still out are waited for and reported, and the error goes on.
        """

    def send_one(self, message: Message) -> Outcome:
        """Sends a single message; without a connection it is UNSENT, with the reason."""


class FailureReason(StrEnum):
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TLS = "tls"
    LOGIN = "login"


class ConnectFailed(Exception):
    """No conversation with the mail server is possible now.

    `permanent` means that waiting does not help: wrong password, a certificate that does not
    fit, no STARTTLS. The text is one line and holds no secret.
    """

    def __init__(
        self, reason: FailureReason, text: str, *, permanent: bool = False, code: int | None = None
    ) -> None:
        super().__init__(text)
        self.reason = reason
        self.permanent = permanent
        self.code = code


class Batch:
    """A source of messages that are there already."""

    def __init__(self, messages: Iterable[Message], *, deadline: float = inf) -> None:
        self._messages: Iterator[Message] = iter(messages)
        self.deadline = deadline

    def next(self) -> Message | None:
        return next(self._messages, None)


class Single(Batch):
    """One message as a source, and the observer that keeps its outcome."""

    def __init__(self, message: Message) -> None:
        super().__init__([message])
        self.outcome: Outcome | None = None

    def about_to_end(self, key: int) -> None:
        pass

    def answered(self, outcome: Outcome) -> None:
        self.outcome = outcome
