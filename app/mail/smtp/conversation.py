"""One connection's conversation: which reply is due, and what each makes of its message.

Where PIPELINING is offered (RFC 2920) the content of one message and the MAIL, RCPT and DATA of
the next leave in one write, so that a message costs one round trip and one system call. DATA
has to wait for its 354, and the 354 of the next message comes after the answer to this one:
a connection never has more than one message whose final dot is out and unanswered.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable

from app.mail.smtp.channel import Channel
from app.mail.smtp.dial import Line
from app.mail.smtp.envelope import envelope_lines
from app.mail.smtp.errand import Errand
from app.mail.smtp.replies import ConversationBroken, ReplyReader
from app.mail.transport import Message

DOT = b".\r\n"

_ALL_WELL = re.compile(
    rb"(2\d\d) ([^\r\n]*)\r\n2\d\d [^\r\n]*\r\n2\d\d [^\r\n]*\r\n354(?: [^\r\n]*)?\r\n"
)
"""What a server says of a message and the next envelope when nothing is amiss."""

Handler = Callable[[int, bytes, Errand], None]


class Conversation:
    """Drives one connection. Every method may raise `ConversationBroken`; then `end` it.

    `envelope` is the message whose MAIL, RCPT and DATA are out, `content` the one whose content
    is, `following` one that was taken from the errand and has nothing out yet.
    """

    def __init__(self, line: Line, *, limit: int) -> None:
        self.line = line
        self._limit = limit
        self._channel = Channel(line.sock)
        self._replies = ReplyReader()
        self._due: deque[Handler] = deque()
        self._script: deque[tuple[Handler, bytes]] = deque()
        self._refusal: tuple[int, bytes] | None = None
        self._rset = False
        self._in_stride = False
        self._tail = 0
        self.envelope: Message | None = None
        self.content: Message | None = None
        self.following: Message | None = None
        self.begun = self.answered = 0
        self.since = time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether an answer is due."""
        return bool(self._due)

    @property
    def spent(self) -> bool:
        """Whether it has begun as many messages as it may."""
        return 0 < self._limit <= self.begun

    @property
    def waits_to_write(self) -> bool:
        return self._channel.waiting > 0

    def begin(self, message: Message) -> None:
        """Starts a message on a connection that is not busy."""
        self.since = time.monotonic()
        self._channel.write(self._open(message))

    def writable(self, errand: Errand) -> None:
        """Goes on with a content that did not leave at once; not past the deadline."""
        if self.content is not None and self._dot_is_here() and not errand.may_begin():
            raise ConversationBroken("The time for this message ran out while it was written.")
        before = self._channel.waiting
        self._channel.flush()
        if self._channel.waiting < before:
            self.since = time.monotonic()

    def readable(self, errand: Errand) -> None:
        """Reads the replies that have come, and does what they call for."""
        while data := self._channel.read():
            if not self._go_on(data, errand):
                self._take(data, errand)
            self.since = time.monotonic()
            if not self._channel.encrypted:
                return  # what came meanwhile makes the socket readable again

    def _take(self, data: bytes, errand: Errand) -> None:
        """Matches every reply with the command it is due for."""
        for code, text in self._replies.feed(data):
            if not self._due:
                raise ConversationBroken("The server spoke unasked.", code=code, reply=text)
            handle = self._due.popleft()
            if code == 421:
                self._closing(handle, text, errand)
            handle(code, text, errand)

    def _go_on(self, data: bytes, errand: Errand) -> bool:
        """The usual case in one step: the content was accepted, and so was the envelope that
        left with it. False, with nothing done, for everything else."""
        if not self._in_stride:
            return False
        self._in_stride = False
        well = _ALL_WELL.fullmatch(data)
        if well is None or self._replies.amid or self._channel.waiting:
            return False
        message, self.content = self.content, None
        assert message is not None
        self._due.clear()
        self.answered += 1
        errand.sent(message, int(well[1]), well[2].rstrip())
        self._send_content(errand)
        return True

    def end(self, broken: ConversationBroken, errand: Errand) -> None:
        """Closes the connection and says what is known of the messages that were on it."""
        self._channel.close()
        self._due.clear()
        content, waiting = self.content, (self.envelope, self.following)
        dot_is_here = self._dot_is_here()
        self.content = self.envelope = self.following = None
        if content is not None:
            if dot_is_here:
                errand.give_back(content, broken)
            else:
                errand.lost(content, broken)
        for message in waiting:
            if message is not None:
                errand.give_back(message, broken)

    def quit(self) -> None:
        """Takes leave of a connection that is not busy, without waiting for the answer."""
        try:
            self._channel.write(b"QUIT\r\n")
        except ConversationBroken:
            pass
        finally:
            self._channel.close()

    def _dot_is_here(self) -> bool:
        """Whether the final dot of `content` certainly has not left."""
        return self._channel.untouched >= self._tail

    def _closing(self, handle: Handler, text: bytes, errand: Errand) -> None:
        """421 answers any command, and then the server hangs up (RFC 5321 section 3.8)."""
        content = self.content
        if content is not None and handle == self._on_end:
            self.content = None
            errand.refused(content, 421, text)
        raise ConversationBroken("The server is closing the connection.", code=421, reply=text)

    def _open(self, message: Message) -> bytes:
        """The commands that may be written now for `message`."""
        self.envelope, self.following, self._refusal = message, None, None
        self.begun += 1
        mail, rcpt = envelope_lines(message)
        if self.line.pipelining and not self._rset:
            self._due.extend((self._on_mail, self._on_rcpt, self._on_data))
            return mail + rcpt + b"DATA\r\n"
        self._script.extend(
            ((self._on_mail, mail), (self._on_rcpt, rcpt), (self._on_data, b"DATA\r\n"))
        )
        if self._rset:
            self._rset = False
            self._script.appendleft((self._on_rset, b"RSET\r\n"))
        return self._lines()

    def _lines(self) -> bytes:
        """The next lines of the script: all of them, or one where there is no pipelining."""
        count = len(self._script) if self.line.pipelining else 1
        lines = []
        for handle, line in [self._script.popleft() for _ in range(count)]:
            self._due.append(handle)
            lines.append(line)
        return b"".join(lines)

    def _proceed(self) -> None:
        if self._script:
            self._channel.write(self._lines())

    def _on_rset(self, code: int, _text: bytes, _errand: Errand) -> None:
        if code >= 300:
            raise ConversationBroken("The server does not begin anew.", code=code)
        self._proceed()

    def _on_mail(self, code: int, text: bytes, errand: Errand) -> None:
        if code < 300:
            self._proceed()
        else:
            self._refuse(code, text, errand)

    def _on_rcpt(self, code: int, text: bytes, errand: Errand) -> None:
        if code >= 300:
            self._refuse(code, text, errand)
        elif self._refusal is None:
            self._proceed()
        else:
            # A server that takes a recipient without a sender might take what DATA brings.
            self._conclude(*self._refusal, errand)
            raise ConversationBroken("The server took RCPT after it had refused MAIL.")

    def _refuse(self, code: int, text: bytes, errand: Errand) -> None:
        """MAIL or RCPT was refused. Where all was sent at once, the answer to DATA is still due."""
        if code < 400:
            raise ConversationBroken(f"The server answered {code} where it may not.")
        if self._refusal is None:
            self._refusal = (code, text)
        if not self._due:
            self._script.clear()
            self._rset = True
            self._conclude(code, text, errand)

    def _conclude(self, code: int, text: bytes, errand: Errand) -> None:
        message, self.envelope = self.envelope, None
        assert message is not None
        self.answered += 1
        errand.refused(message, code, text)

    def _on_data(self, code: int, text: bytes, errand: Errand) -> None:
        if code == 354:
            if self._refusal is None:
                self._send_content(errand)
            else:
                self._send_nothing(errand)
        elif code >= 400:
            self._rset = True
            self._conclude(*(self._refusal or (code, text)), errand)
        else:
            raise ConversationBroken(f"The server answered {code} to DATA.")

    def _send_content(self, errand: Errand) -> None:
        message = self.envelope
        assert message is not None
        if self.line.pipelining and not self.spent:
            self.following = errand.pull(smtputf8=self.line.smtputf8)
        if not errand.may_begin():
            raise ConversationBroken("The time for this message ran out before its content.")
        errand.about_to_end(message)
        self.envelope, self.content = None, message
        self._due.append(self._on_end)
        self._in_stride = self.following is not None and not self._rset
        tail = DOT if self.following is None else DOT + self._open(self.following)
        self._tail = len(tail)
        self._channel.write(message.data, tail)

    def _send_nothing(self, errand: Errand) -> None:
        """All recipients were refused and DATA was not: a lone dot ends it (RFC 2920, 3.1)."""
        assert self._refusal is not None
        self._conclude(*self._refusal, errand)
        self._due.append(self._on_nothing)
        self._channel.write(DOT)

    def _on_nothing(self, _code: int, _text: bytes, _errand: Errand) -> None:
        """Whatever the server makes of no content, the message is refused already."""

    def _on_end(self, code: int, text: bytes, errand: Errand) -> None:
        message = self.content
        assert message is not None
        early = self._dot_is_here()
        if 300 <= code < 400 or (early and code < 400):
            raise ConversationBroken(f"The server answered {code} to a message's content.")
        self.content = None
        self.answered += 1
        if code < 300:
            errand.sent(message, code, text)
        else:
            errand.refused(message, code, text)
        if early:
            raise ConversationBroken("The server answered before it had the whole message.")
