"""A mail as bytes: compiled once for each variant, filled in for each reader.

The skeleton of a variant is everything that is the same for all readers, already in base64 and
with its dots stuffed. A reader's tokens have a fixed length, so they stand at fixed places of
the text: only the base64 lines that hold one are encoded again, and a message is one join.
"""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.edition import PREFERENCES_SLOT, TOKEN_LENGTH, UNSUBSCRIBE_SLOT
from app.mail import headers
from app.mail.content import RenderedMail
from app.mail.headers import InvalidValue, checked

__all__ = ["InvalidValue", "ReaderValues", "Skeleton", "WireHeaders", "build_notice"]

_SOURCE_LINE = 57
"""Bytes that make one base64 line of 76 characters."""

_UNSUBSCRIBE, _PREFERENCES = UNSUBSCRIBE_SLOT.encode(), PREFERENCES_SLOT.encode()
_TOKEN_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, kw_only=True, slots=True)
class WireHeaders:
    """What the headers of all messages of one variant share."""

    from_name: str
    from_address: str
    date: datetime
    base_url: str
    list_id: str
    list_name: str
    feedback_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderValues:
    """What differs: `message_id` with its angle brackets, tokens of `TOKEN_LENGTH` characters."""

    address: str
    unsubscribe_token: str
    preferences_token: str
    message_id: str


_Fill = Callable[[bytes, bytes], bytes]
"""From the unsubscribe and the preferences token to the base64 lines that hold them."""


class Skeleton:
    """One variant, ready to be filled in. Immutable."""

    def __init__(self, before_id: bytes, link_start: bytes, parts: list[bytes | _Fill]) -> None:
        self._before_id = before_id
        self._link_start = link_start
        self._parts = parts

    @classmethod
    def compile(cls, mail: RenderedMail, common: WireHeaders) -> Skeleton:
        """Raises `InvalidValue` if a header value may not stand in a message."""
        text, html = _lines(mail.text), _lines(mail.html)
        boundary = _boundary(text, html)
        before_id = b"".join(
            (
                headers.mailbox("From", common.from_name, common.from_address),
                headers.unstructured("Subject", mail.subject),
                headers.date(common.date),
                b"MIME-Version: 1.0\r\n",
                _list_id(common),
                b"Feedback-ID: " + checked("Feedback-ID", common.feedback_id).encode() + b"\r\n",
                b"Precedence: bulk\r\n",
                b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            )
        )
        link_start = f"List-Unsubscribe: <{checked('BASE_URL', common.base_url)}/u/".encode()
        parts: list[bytes | _Fill] = [
            b">\r\n" + _alternative(boundary) + _part_head(boundary, "plain")
        ]
        parts += _compile_body(text)
        parts.append(b"\r\n" + _part_head(boundary, "html"))
        parts += _compile_body(html)
        parts.append(b"\r\n--" + boundary + b"--\r\n")
        return cls(before_id, link_start, _joined(parts))

    def message(self, values: ReaderValues) -> bytes:
        """The complete message, ending in CRLF, without the final dot line.

        Nothing in it begins a line with a dot, so nothing needs stuffing: header names, base64
        and boundaries never do. Raises `InvalidValue` for a value that would leave its slot.
        """
        unsubscribe, preferences = (
            _token(values.unsubscribe_token),
            _token(values.preferences_token),
        )
        address, message_id = values.address, values.message_id
        if not (address.isprintable() and message_id.isascii() and message_id.isprintable()):
            raise InvalidValue("the address or the Message-ID holds a control character")
        if not _FORBIDDEN_IN_ADDRESS.isdisjoint(address):
            raise InvalidValue("the address holds a character that would end it")
        return b"".join(
            (
                self._before_id,
                f"To: <{address}>\r\nMessage-ID: {message_id}\r\n".encode(),
                self._link_start,
                unsubscribe,
                *[
                    part if part.__class__ is bytes else part(unsubscribe, preferences)  # type: ignore[operator]
                    for part in self._parts
                ],
            )
        )


_FORBIDDEN_IN_ADDRESS = frozenset('<> ,;"()[]\\\u2028\u2029\x85')


def build_notice(
    mail: RenderedMail,
    *,
    from_name: str,
    from_address: str,
    to: str,
    date: datetime,
    message_id: str,
) -> bytes:
    """A transactional mail under the same rules, marked as generated, without list headers."""
    checked("To", to)
    if not _FORBIDDEN_IN_ADDRESS.isdisjoint(to):
        raise InvalidValue("the address holds a character that would end it")
    text, html = _lines(mail.text), _lines(mail.html)
    boundary = _boundary(text, html)
    return b"".join(
        (
            headers.mailbox("From", from_name, from_address),
            f"To: <{to}>\r\n".encode(),
            headers.unstructured("Subject", mail.subject),
            headers.date(date),
            f"Message-ID: {checked('Message-ID', message_id)}\r\n".encode("ascii"),
            b"MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n",
            _alternative(boundary),
            _part_head(boundary, "plain"),
            _base64(text),
            b"\r\n" + _part_head(boundary, "html"),
            _base64(html),
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def _list_id(common: WireHeaders) -> bytes:
    name = headers.unstructured("List-Id", common.list_name).removesuffix(b"\r\n")
    if common.list_name.isascii():
        name = f'List-Id: "{common.list_name}"'.encode()
    return name + f"\r\n <{checked('List-Id', common.list_id)}>\r\n".encode()


def _lines(text: str) -> bytes:
    """The text with CRLF line ends, as a text part must have them (RFC 2046, 4.1.1)."""
    return "\r\n".join(text.splitlines()).encode() + b"\r\n"


def _boundary(*bodies: bytes) -> bytes:
    """A boundary that follows from the content, so that a retry is the same to the byte. Base64
    never holds its underscores."""
    return b"=_" + hashlib.sha256(b"\0".join(bodies)).hexdigest()[:32].encode()


def _alternative(boundary: bytes) -> bytes:
    return b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n'


def _part_head(boundary: bytes, subtype: str) -> bytes:
    return (
        b"--"
        + boundary
        + f"\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n".encode()
    )


def _base64(raw: bytes) -> bytes:
    """Whole lines of 76 characters, CRLF after each but the last."""
    return b"\r\n".join(
        b2a_base64(raw[at : at + _SOURCE_LINE], newline=False)
        for at in range(0, len(raw), _SOURCE_LINE)
    )


def _compile_body(raw: bytes) -> list[bytes | _Fill]:
    """The body cut at line ends into what stays and what holds slots."""
    parts: list[bytes | _Fill] = []
    done = 0
    for first, last in _slot_ranges(raw):
        if first > done:
            parts.append(_base64(raw[done:first]) + b"\r\n")
        end = min(last, len(raw))
        parts.append(_filler(raw[first:end]))
        done = end
        if done < len(raw):
            parts.append(b"\r\n")
    if done < len(raw):
        parts.append(_base64(raw[done:]))
    return parts


def _slot_ranges(raw: bytes) -> list[tuple[int, int]]:
    """Ranges of whole source lines that hold a slot; neighbours are joined."""
    starts = sorted(at for slot in (_UNSUBSCRIBE, _PREFERENCES) for at in _places(raw, slot))
    ranges: list[tuple[int, int]] = []
    for at in starts:
        first = at // _SOURCE_LINE * _SOURCE_LINE
        last = -(-(at + TOKEN_LENGTH) // _SOURCE_LINE) * _SOURCE_LINE
        if ranges and first <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], last
        else:
            ranges.append((first, last))
    return ranges


def _places(raw: bytes, slot: bytes) -> list[int]:
    places = []
    at = raw.find(slot)
    while at >= 0:
        places.append(at)
        at = raw.find(slot, at + TOKEN_LENGTH)
    return places


def _filler(raw: bytes) -> _Fill:
    """Encodes these few lines again with the tokens in their slots."""
    cuts = range(0, len(raw), _SOURCE_LINE)
    lines = [slice(at, at + _SOURCE_LINE) for at in cuts]
    has_unsubscribe, has_preferences = _UNSUBSCRIBE in raw, _PREFERENCES in raw

    def fill(unsubscribe: bytes, preferences: bytes) -> bytes:
        filled = raw
        if has_unsubscribe:
            filled = filled.replace(_UNSUBSCRIBE, unsubscribe)
        if has_preferences:
            filled = filled.replace(_PREFERENCES, preferences)
        return b"\r\n".join([b2a_base64(filled[line], newline=False) for line in lines])

    return fill


def _joined(parts: list[bytes | _Fill]) -> list[bytes | _Fill]:
    """Neighbouring constants made one, so that a message has few pieces to join."""
    joined: list[bytes | _Fill] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _token(token: str) -> bytes:
    if len(token) != TOKEN_LENGTH or not _TOKEN_ALPHABET.issuperset(token):
        raise InvalidValue("a token has the wrong form")
    return token.encode("ascii")
