"""One connection of the sink: finds the ends of messages, and answers.

The usual case is taken in one step: a chunk that ends one content and brings MAIL, RCPT and
DATA of the next. Contents are not scanned but at the end of what came, unless ids are logged.
"""

from __future__ import annotations

import re
import socket
from typing import Protocol

from tests.sink.faults import Faults

EDGE = 4
"""Bytes of what came before that stand in front of every chunk: an end may lie across."""

_END = b"\r\n.\r\n"
_LOOK_BACK = 2048
_NEXT = b"250 2.0.0 queued\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"
_HELLO = b"250-sink\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n"
_PLAIN_HELLO = b"250-sink\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n"
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)


class House(Protocol):
    """What all sessions share."""

    faults: Faults
    logs: bool
    pipelining: bool

    def accept(self, head: bytes) -> None: ...


class Session:
    """`feed` gives the answer to what has come; `over` is set when the connection is to end."""

    __slots__ = (
        "_command",
        "_head",
        "_house",
        "_in_data",
        "_refused",
        "edge",
        "messages",
        "mute",
        "over",
        "sock",
    )

    def __init__(self, sock: socket.socket, house: House) -> None:
        self.sock = sock
        self._house = house
        self._in_data = False
        self._command = b""
        self._head = b""
        self._refused = 0
        self.edge = b"\r\n\r\n"
        self.messages = 0
        self.mute = False
        self.over = False

    def feed(self, buffer: bytearray, size: int) -> bytes:
        """`buffer` holds `EDGE` bytes of `edge` and then `size` new ones."""
        if self._house.faults.mute:
            self.mute = True
        stop = EDGE + size
        answers = b""
        start = EDGE
        while start < stop and not self.over:
            if not self._in_data:
                line_end = buffer.find(b"\n", start, stop)
                if line_end < 0:
                    self._command += buffer[start:stop]
                    break
                line = self._command + buffer[start : line_end + 1]
                self._command = b""
                start = line_end + 1
                answers += self._obey(line)
                continue
            end = self._find_end(buffer, start, stop)
            if self._house.logs and len(self._head) < 4096:
                self._head += buffer[start : end if end > 0 else stop][:4096]
            if end < 0:
                break
            start = end
            self._in_data = False
            rest = bytes(buffer[start:stop])
            if _is_next(rest) and not self._house.faults.active:
                self._take()
                self._in_data = True
                self.edge = b"\0\0\r\n"
                return answers + _NEXT
            answers += self._end_of_content()
        self.edge = bytes(buffer[stop - EDGE : stop])
        return b"" if self.mute else answers

    def _find_end(self, buffer: bytearray, start: int, stop: int) -> int:
        """Where the next command begins; -1 while the content goes on."""
        first = max(0, start - EDGE)
        if self._house.logs:
            found = buffer.find(_END, first, stop)
        else:
            found = buffer.rfind(_END, max(first, stop - _LOOK_BACK), stop)
        return found + len(_END) if found >= 0 else -1

    def _take(self) -> None:
        self.messages += 1
        self._house.accept(self._head)
        self._head = b""

    def _end_of_content(self) -> bytes:
        action = self._house.faults.after_dot()
        if action in ("accept", "drop"):
            self._take()
        self._head = b""
        if action == "refuse":
            return b"%d the content is refused\r\n" % self._house.faults.end
        if action == "accept":
            return b"250 2.0.0 queued\r\n"
        self.over = True
        return b""

    def _obey(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        faults = self._house.faults
        if verb == b"DATA":
            return self._open_data()
        if verb == b"MAIL":
            self._refused = faults.mail
            if faults.limit and self.messages >= faults.limit:
                self.over = True
                return b"421 4.7.0 enough for one connection\r\n"
        elif verb == b"RCPT":
            self._refused = self._refused or faults.refuses_recipient(line)
        elif verb == b"QUIT":
            self.over = True
            return b"221 2.0.0 bye\r\n"
        elif verb in (b"EHLO", b"HELO"):
            return _HELLO if self._house.pipelining else _PLAIN_HELLO
        else:
            return b"250 2.0.0 ok\r\n" if verb in (b"RSET", b"NOOP") else b"500 what\r\n"
        return b"%d refused\r\n" % self._refused if self._refused else b"250 2.1.0 ok\r\n"

    def _open_data(self) -> bytes:
        if self._refused:
            return b"554 5.5.1 no valid recipients\r\n"
        self._in_data = True
        return b"354 go on\r\n"


def _is_next(rest: bytes) -> bool:
    return rest.endswith(b"\r\nDATA\r\n") and rest.startswith(b"MAIL") and rest.count(b"\n") == 3


def message_id(head: bytes) -> bytes:
    """The Message-ID in the first bytes of a message, empty if there is none."""
    found = _MESSAGE_ID.search(head.partition(b"\r\n\r\n")[0])
    return found.group(1) if found else b""
