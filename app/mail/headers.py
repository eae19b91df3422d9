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

_WORD_MAX = 75
_WORD_FRAME = len("=?utf-8?b??=")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 !#$%&'*+/=^_`{|}~.-]{1,60}")


class InvalidValue(Exception):
    """A value that may not stand in a message: it would break a header or leave its slot."""


def checked(name: str, value: str) -> str:
    """`value` itself. Raises `InvalidValue` if it holds a line end or another control."""
    if _FORBIDDEN.search(value):
        raise InvalidValue(f"{name} holds a control character")
    return value


def token(name: str, value: str) -> bytes:
    """A value without spaces, such as an address or an id. Raises `InvalidValue` if it holds
    anything but visible ASCII, or brackets that would end it."""
    if not re.fullmatch(r"[!-;=?-~]+", value):
        raise InvalidValue(f"{name} holds a character that may not stand in it")
    return value.encode("ascii")


def unstructured(name: str, value: str) -> bytes:
    """A header of free text, as encoded words (RFC 2047) where it is not plain short ASCII."""
    value = checked(name, value)
    short = len(name) + 2 + len(value) <= LINE
    if value == value.strip() and value.isascii() and short and "=?" not in value:
        return f"{name}: {value}\r\n".encode("ascii")
    words = encoded_words(value, first_line=LINE - len(name) - 2)
    return f"{name}: ".encode() + b"\r\n ".join(words) + b"\r\n"


def with_address(name: str, display: str, address: str) -> bytes:
    """A header of a name and what stands in angle brackets: From, List-Id. The name may be ""."""
    inside = b"<" + token(name, address) + b">"
    display = checked(name, display)
    if not display:
        head = f"{name}:".encode()
    elif _PLAIN_PHRASE.fullmatch(display):
        head = f'{name}: "{display}"'.encode()
    else:
        words = encoded_words(display, first_line=LINE - len(name) - 2)
        head = f"{name}: ".encode() + b"\r\n ".join(words)
    last = len(head) - head.rfind(b"\n") - 1
    fold = b" " if not display or last + 1 + len(inside) <= LINE else b"\r\n "
    return head + fold + inside + b"\r\n"


def date(value: datetime) -> bytes:
    """The Date header of an aware time (RFC 5322, 3.3)."""
    if value.utcoffset() is None:
        raise InvalidValue("Date has no time zone")
    return f"Date: {format_datetime(value)}\r\n".encode("ascii")


def encoded_words(value: str, *, first_line: int) -> list[bytes]:
    """`value` as encoded words in base64: each at most 75 characters and whole characters only.
    The white space between adjacent words is not part of the text (RFC 2047, 6.2), so every
    space of the text stands inside a word."""
    words: list[bytes] = []
    pending = bytearray()
    room = _payload_room(first_line)
    for character in value:
        encoded = character.encode()
        if len(pending) + len(encoded) > room:
            words.append(_word(pending))
            pending.clear()
            room = _payload_room(LINE - 1)
        pending += encoded
    words.append(_word(pending))
    return words


def _payload_room(line: int) -> int:
    """Bytes of text that a word holds on a line with this many characters left."""
    return (min(line, _WORD_MAX) - _WORD_FRAME) // 4 * 3


def _word(payload: bytes | bytearray) -> bytes:
    return b"=?utf-8?b?" + binascii.b2a_base64(payload, newline=False) + b"?="
