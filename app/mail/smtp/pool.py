"""The SMTP pool: keeps several connections of one process busy from one loop.

`SmtpPool` is the `Transport` of a worker process. Connections stay open between calls; each is
driven by its `Conversation`, all are waited for together, and a new one is dialled only while
there are messages and every open connection is busy. Use it from one thread, and make it in the
process that uses it: it does not survive a fork.
"""

from __future__ import annotations

import selectors
import time
from typing import Self

from app.config import Settings
from app.mail.smtp.conversation import Conversation
from app.mail.smtp.dial import Dialler, Line
from app.mail.smtp.errand import Errand
from app.mail.smtp.relay import Relay
from app.mail.smtp.replies import ConversationBroken
from app.mail.transport import (
    ConnectFailed,
    FailureReason,
    Message,
    Observer,
    Outcome,
    OutcomeKind,
    Single,
    Source,
)

IDLE_LIMIT = 45.0
"""Seconds after which an unused connection is not trusted any more: busy servers hang up early,
and a firewall may have forgotten it."""

DIAL_AGAIN = 5.0
"""Seconds without a further dial after one has failed, while other connections are open."""

_BARREN_LIMIT = 2


class SmtpPool:
    """At most `connections` at a time. `timeout` is the longest wait for any one answer, in
    seconds; `per_connection` messages go over one connection, 0 for no limit. `hello` is the
    name given in EHLO. `last_failure` is why the last dial failed, None once one succeeded."""

    def __init__(
        self,
        relay: Relay,
        *,
        hello: str,
        connections: int = 4,
        timeout: float = 60.0,
        per_connection: int = 0,
        idle_limit: float = IDLE_LIMIT,
    ) -> None:
        self._connections = connections
        self._timeout = timeout
        self._per_connection = per_connection
        self._idle_limit = idle_limit
        self._idle: list[Conversation] = []
        self._busy: set[Conversation] = set()
        self._writing: set[Conversation] = set()
        self._dialler = Dialler(relay, hello=hello, timeout=timeout)
        self._dial_after = 0.0
        self._tick = min(1.0, timeout / 4)
        self._scan_at = 0.0
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._dialler, selectors.EVENT_READ, None)
        self.last_failure: ConnectFailed | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            Relay.parse(settings.smtp_url),
            hello=settings.mail_from.rpartition("@")[2],
            connections=settings.smtp_connections,
            timeout=settings.smtp_timeout,
        )

    def allow(self, connections: int) -> None:
        """At most so many from the next call on; idle ones beyond them are taken leave of."""
        self._connections = connections
        for conversation in self._idle[connections:]:
            self._leave(conversation)

    def run(self, source: Source, observer: Observer) -> None:
        """See `Transport.run`."""
        errand = Errand(source, observer)
        try:
            self._serve(errand)
        except Exception:
            errand.stop()
            self._serve(errand)
            raise
        finally:
            self._drop_busy()

    def send_one(self, message: Message) -> Outcome:
        """See `Transport.send_one`."""
        only = Single(message)
        try:
            self.run(only, only)
        except ConnectFailed as failure:
            if only.outcome is None:
                return Outcome(
                    key=message.key,
                    kind=OutcomeKind.UNSENT,
                    code=failure.code,
                    reply=str(failure),
                )
        assert only.outcome is not None
        return only.outcome

    def close(self) -> None:
        """Takes leave of every server. The pool is of no use afterwards."""
        self._drop_busy()
        for conversation in self._idle:
            conversation.quit()
        self._idle.clear()
        self._dialler.close()
        self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, errand: Errand) -> None:
        """The loop: ends when nothing may begin any more and no answer is due."""
        self._retire()
        self._wait(errand, 0.0)  # notices what was closed while nobody looked
        while errand.has_more() or self._busy:
            self._feed(errand)
            self._dial(errand)
            self._wait(errand, self._patience(errand))
        errand.finish()

    def _retire(self) -> None:
        """Takes leave of connections that were idle for too long."""
        oldest = time.monotonic() - self._idle_limit
        for conversation in [one for one in self._idle if one.since < oldest]:
            self._leave(conversation)

    def _leave(self, conversation: Conversation) -> None:
        self._idle.remove(conversation)
        self._selector.unregister(conversation.line.sock)
        conversation.quit()

    def _feed(self, errand: Errand) -> None:
        """Gives a message to every idle connection, as long as there are any."""
        while self._idle:
            conversation = self._idle[-1]
            if conversation.spent:
                self._leave(conversation)
                continue
            message = errand.pull(smtputf8=conversation.line.smtputf8)
            if message is None:
                return
            self._idle.pop()
            self._busy.add(conversation)
            try:
                conversation.begin(message)
            except ConversationBroken as broken:
                self._end(conversation, broken, errand)

    def _dial(self, errand: Errand) -> None:
        """One more connection, if there is work for it; raises `ConnectFailed` if there is none."""
        if self._idle or not errand.has_more() or errand.pause_left():
            return
        existing = len(self._busy) + self._dialler.under_way
        if existing == 0 and errand.failure is not None:
            raise errand.failure
        if existing == 0 or (
            existing < min(self._connections, errand.taken) and time.monotonic() >= self._dial_after
        ):
            self._dialler.start()

    def _patience(self, errand: Errand) -> float:
        """Seconds to wait for events before something else is to be done."""
        return min(self._tick, errand.pause_left() or self._tick)

    def _wait(self, errand: Errand, seconds: float) -> None:
        ready = self._selector.select(seconds)
        # The clock is read before the caller's slow work: an answer that comes while the source
        # is busy with its database is not late.
        now = time.monotonic()
        for key, events in ready:
            if key.data is None:
                self._take_up(errand)
            else:
                self._handle(key.data, events, errand)
        if now >= self._scan_at:
            self._scan_at = now + self._tick
            self._expire(now, errand)

    def _take_up(self, errand: Errand) -> None:
        """Welcomes the connections whose dial has ended, and remembers why others failed."""
        for ended in self._dialler.ended():
            if isinstance(ended, Line):
                conversation = Conversation(ended, limit=self._per_connection)
                self._selector.register(ended.sock, selectors.EVENT_READ, conversation)
                self._idle.append(conversation)
                if errand.barren < _BARREN_LIMIT:
                    errand.failure = None
                self.last_failure = None
            else:
                errand.failure = self.last_failure = ended
                self._dial_after = time.monotonic() + DIAL_AGAIN

    def _handle(self, conversation: Conversation, events: int, errand: Errand) -> None:
        try:
            if events & selectors.EVENT_READ:
                conversation.readable(errand)
            if events & selectors.EVENT_WRITE:
                conversation.writable(errand)
        except ConversationBroken as broken:
            self._end(conversation, broken, errand)
            return
        except Exception:
            errand.stop()
            self._end(conversation, ConversationBroken("The sending was stopped."), errand)
            raise
        if not conversation.busy and conversation in self._busy:
            self._busy.discard(conversation)
            self._idle.append(conversation)
        if conversation.waits_to_write != (conversation in self._writing):
            self._watch(conversation)

    def _watch(self, conversation: Conversation) -> None:
        """Waits for room to write only while something is kept."""
        events = selectors.EVENT_READ
        if conversation.waits_to_write:
            self._writing.add(conversation)
            events |= selectors.EVENT_WRITE
        else:
            self._writing.discard(conversation)
        self._selector.modify(conversation.line.sock, events, conversation)

    def _expire(self, now: float, errand: Errand) -> None:
        for conversation in [one for one in self._busy if one.since + self._timeout < now]:
            broken = ConversationBroken(f"No answer came in {self._timeout:g} seconds.")
            self._end(conversation, broken, errand)

    def _end(self, conversation: Conversation, broken: ConversationBroken, errand: Errand) -> None:
        self._forget(conversation)
        if conversation.answered:
            errand.barren, errand.failure = 0, None
        elif conversation.begun:
            errand.barren += 1
            if errand.barren >= _BARREN_LIMIT:
                text = f"Connections end before a message is through: {broken}"
                errand.failure = ConnectFailed(FailureReason.REFUSED, text, code=broken.code)
                self.last_failure = errand.failure
        conversation.end(broken, errand)

    def _forget(self, conversation: Conversation) -> None:
        self._selector.unregister(conversation.line.sock)
        self._busy.discard(conversation)
        self._writing.discard(conversation)
        if conversation in self._idle:
            self._idle.remove(conversation)

    def _drop_busy(self) -> None:
        """Closes what is in the middle of something, after an error nobody waits to the end of."""
        for conversation in list(self._busy):
            self._forget(conversation)
            conversation.line.sock.close()
