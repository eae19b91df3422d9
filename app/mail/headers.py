"""Header fields as bytes: encoded words, addresses, dates. ASCII only, CRLF only.

The standard library's policies lose spaces between encoded words and encode long
List-Unsubscribe lines; these few functions do neither.
"""

from __future__ import annotations

import binascii
import re
from datetime import datetime
from email.utils import format_datetime

LINE = 76
"""Characters of a folded header line, its CRLF not counted (RFC 5322 asks for 78 at most)."""

_WORD_FRAME = len("=?utf-8?b??=")
_WORD_MAX = 75
_FORBIDDEN = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_ATOM_TEXT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")


class InvalidValue(Exception):
    """A value that may not stand in a message: it would break a header or leave its slot."""


def checked(name: str, value: str) -> str:
    """`value` itself. Raises `InvalidValue` if it holds a line end or another control."""
    if _FORBIDDEN.search(value):
        raise InvalidValue(f"{name} holds a control character")
    return value


def unstructured(name: str, value: str) -> bytes:
    """A header of free text, as encoded words (RFC 2047) where it is not plain ASCII."""
    value = checked(name, value)
    if value.isascii() and len(name) + 2 + len(value) <= LINE and "=?" not in value:
        return f"{name}: {value}\r\n".encode("ascii")
    words = encoded_words(value, first_line=LINE - len(name) - 2)
    return f"{name}: ".encode() + b"\r\n ".join(words) + b"\r\n"


def encoded_words(value: str, *, first_line: int) -> list[bytes]:
    """`value` as encoded words in base64: each at most 75 characters and whole characters only.
    The white space between adjacent words is not part of the text (RFC 2047, 6.2), so every
    space of the text stands inside a word."""
    words: list[bytes] = []
    pending = bytearray()
    room = _payload_room(min(first_line, _WORD_MAX))
    for character in value:
        encoded = character.encode()
        if len(pending) + len(encoded) > room and pending:
            words.append(_word(pending))
            pending.clear()
            room = _payload_room(min(LINE - 1, _WORD_MAX))
        pending += encoded
    words.append(_word(pending))
    return words


def _payload_room(line: int) -> int:
    return max((line - _WORD_FRAME) // 4 * 3, 6)


def _word(payload: bytes | bytearray) -> bytes:
    return b"=?utf-8?b?" + binascii.b2a_base64(payload, newline=False) + b"?="


def mailbox(name: str, display: str, address: str) -> bytes:
    """A header of one named address, such as From."""
    display, address = checked(name, display), checked(name, address)
    if _ATOM_TEXT.fullmatch(display):
        head = f'{name}: "{display}"'.encode() if display else f"{name}:".encode()
    else:
        words = encoded_words(display, first_line=LINE - len(name) - 2)
        head = f"{name}: ".encode() + b"\r\n ".join(words)
    last = len(head) - (head.rfind(b"\r\n") + 2 if b"\r\n" in head else 0)
    space = b" " if last + len(address) + 3 <= LINE else b"\r\n "
    return head + space + f"<{address}>\r\n".encode()


def date(value: datetime) -> bytes:
    """The Date header of an aware time."""
    return f"Date: {format_datetime(value)}\r\n".encode("ascii")
