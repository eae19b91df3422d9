"""Turns the bytes that a server sends into replies (RFC 5321 section 4.2)."""

from __future__ import annotations

import re

LONGEST_REPLY = 16_384
"""Bytes. RFC 5321 allows 512 a line; whoever sends this much without an end is not serving mail."""

_SHOWN = 500
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def shown(text: bytes) -> str:
    """A server's words as one short line that is safe to store and show."""
    return _UNSHOWABLE.sub(" ", text.decode("utf-8", "replace")).strip()[:_SHOWN]


class ConversationBroken(Exception):
    """The connection is of no use any more: it ended, fell silent, or spoke nonsense.

    `code` and `reply` are the server's parting words, where it had any (421); the text is what
    to tell of it: those words, else our own."""

    def __init__(self, why: str, *, code: int | None = None, reply: bytes = b"") -> None:
        super().__init__(shown(reply) or why)
        self.code = code


class ReplyReader:
    """Collects one connection's bytes. Replies may come split and joined in any way."""

    __slots__ = ("_held", "_lines", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._held = 0

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The replies that `data` completes: code and text, the lines of one joined by a space.

        Raises `ConversationBroken` for what is no reply."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        replies = []
        for line in lines:
            digits, mark = line[:3], line[3:4]
            if not digits.isdigit() or mark not in b" -\r" or not 200 <= int(digits) <= 599:
                raise ConversationBroken("The server's answer is no SMTP reply.")
            if self._lines or mark == b"-":
                self._lines.append(line[4:].rstrip())
                self._held += len(line)
                if mark == b"-":
                    continue
                text = b" ".join(self._lines)
                self._lines, self._held = [], 0
            else:
                text = line[4:].rstrip()
            replies.append((int(digits), text))
        if self._held + len(self._rest) > LONGEST_REPLY:
            raise ConversationBroken("The server's answer has no end.")
        return replies
