"""One call of the pool: what comes from the caller's source, and what the observer is told."""

from __future__ import annotations

import time
from collections import deque

from app.mail.smtp.envelope import envelope_problem
from app.mail.smtp.replies import ConversationBroken, shown
from app.mail.transport import ConnectFailed, Message, Observer, Outcome, OutcomeKind, Pause, Source


class Errand:
    """Messages that a broken connection gave back go out again, once, before new ones are taken.

    `failure` says why no connection could be had lately; None while one can. `barren` counts
    the connections in a row that ended before they had answered a single message.
    """

    __slots__ = (
        "_exhausted",
        "_given_back",
        "_observer",
        "_paused_until",
        "_returned",
        "_source",
        "_stopped",
        "barren",
        "failure",
        "taken",
    )

    def __init__(self, source: Source, observer: Observer) -> None:
        self._source = source
        self._observer = observer
        self._returned: deque[tuple[Message, str]] = deque()
        self._given_back: set[int] = set()
        self._exhausted = self._stopped = False
        self._paused_until = 0.0
        self.failure: ConnectFailed | None = None
        self.barren = 0
        self.taken = 0

    def may_begin(self) -> bool:
        """Whether a message, or the content of one, may still be begun."""
        return not self._stopped and time.monotonic() < self._source.deadline

    def has_more(self) -> bool:
        """Whether there may be messages to begin, now or later."""
        return (not self._exhausted or bool(self._returned)) and self.may_begin()

    def pause_left(self) -> float:
        """Seconds until the source may be asked again; 0 when it may be now."""
        if self._returned:
            return 0.0
        return max(0.0, self._paused_until - time.monotonic())

    def stop(self) -> None:
        """Begins nothing more; answers that are out are still awaited."""
        self._stopped = True

    def pull(self, *, smtputf8: bool) -> Message | None:
        """The next message for a connection that can, or cannot, carry SMTPUTF8 addresses.

        None when there is none, or none now. One that it cannot carry is refused on the way.
        """
        while self.may_begin():
            message = self._next()
            if message is None:
                return None
            problem = envelope_problem(message, smtputf8=smtputf8)
            if not problem:
                return message
            self._answer(message, OutcomeKind.PERMANENT, None, problem)
        return None

    def _next(self) -> Message | None:
        if self._returned:
            return self._returned.popleft()[0]
        if self._exhausted or (self._paused_until and time.monotonic() < self._paused_until):
            return None
        item = self._source.next()
        if isinstance(item, Pause):
            self._paused_until = time.monotonic() + item.seconds
            return None
        if item is None:
            self._exhausted = True
            return None
        self._paused_until = 0.0
        self.taken += 1
        return item

    def about_to_end(self, message: Message) -> None:
        self._observer.about_to_end(message.key)

    def sent(self, message: Message, code: int, text: bytes) -> None:
        self._answer(message, OutcomeKind.SENT, code, shown(text))

    def refused(self, message: Message, code: int, text: bytes) -> None:
        kind = OutcomeKind.PERMANENT if code >= 500 else OutcomeKind.TEMPORARY
        self._answer(message, kind, code, shown(text))

    def lost(self, message: Message, broken: ConversationBroken) -> None:
        self._answer(message, OutcomeKind.LOST, broken.code, str(broken))

    def give_back(self, message: Message, broken: ConversationBroken) -> None:
        """The message was certainly not accepted: a second connection may have it."""
        if not self.may_begin():
            self._answer(message, OutcomeKind.UNSENT, broken.code, str(broken))
        elif message.key in self._given_back:
            self._answer(message, OutcomeKind.TEMPORARY, broken.code, str(broken))
        else:
            self._given_back.add(message.key)
            self._returned.append((message, str(broken)))

    def finish(self) -> None:
        """Says of what was given back, and found no second connection, that it is unsent."""
        while self._returned:
            message, why = self._returned.popleft()
            self._answer(message, OutcomeKind.UNSENT, None, why)

    def _answer(self, message: Message, kind: OutcomeKind, code: int | None, reply: str) -> None:
        self._observer.answered(Outcome(key=message.key, kind=kind, code=code, reply=reply))
