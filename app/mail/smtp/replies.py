"""Turns the bytes that a server sends into replies (RFC 5321 section 4.2)."""

from __future__ import annotations

import re

LONGEST_REPLY = 16_384
"""Bytes. RFC 5321 allows 512 a line; whoever sends this much without an end is not serving mail."""

_CODES = {b"%d" % code: code for code in range(200, 600)}
_SHOWN = 500
_UNSHOWABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def shown(text: bytes) -> str:
    """A server's words as one short line that is safe to store and show."""
    words = text.decode("utf-8", "replace")
    if not words.isprintable():
        words = _UNSHOWABLE.sub(" ", words).strip()
    return words[:_SHOWN]


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

    @property
    def amid(self) -> bool:
        """Whether a part of a reply has come already."""
        return bool(self._rest or self._lines)

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The replies that `data` completes: code and text, the lines of one joined by a space.

        Raises `ConversationBroken` for what is no reply."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        replies = []
        for line in lines:
            code, mark = _CODES.get(line[:3]), line[3:4]
            if code is None or mark not in b" -\r":
                raise ConversationBroken("The server's answer is no SMTP reply.")
            text = line[4:].rstrip()
            if mark == b"-":
                self._hold(text)
                continue
            if self._lines:
                text = b" ".join((*self._lines, text))
                self._lines, self._held = [], 0
            replies.append((code, text))
        if len(self._rest) > LONGEST_REPLY:
            raise ConversationBroken("The server's answer has no end.")
        return replies

    def _hold(self, text: bytes) -> None:
        self._lines.append(text)
        self._held += len(text)
        if self._held > LONGEST_REPLY:
            raise ConversationBroken("The server's answer has no end.")
