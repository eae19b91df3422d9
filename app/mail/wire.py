"""A mail as bytes: compiled once for each variant, filled in for each reader.

The skeleton of a variant is everything that is the same for all readers, already in base64. A
reader's tokens have a fixed length, so they stand at fixed places of the text: only the base64
lines that hold one are encoded again, and a message is one join.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.edition import PREFERENCES_SLOT, TOKEN_LENGTH, UNSUBSCRIBE_SLOT
from app.mail import headers, mime
from app.mail.content import RenderedMail
from app.mail.headers import InvalidValue
from app.mail.mime import SOURCE_LINE

__all__ = ["InvalidValue", "ReaderValues", "Skeleton", "WireHeaders", "build_notice"]

_SLOTS = (UNSUBSCRIBE_SLOT.encode(), PREFERENCES_SLOT.encode())
_TOKEN_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

_is_address = re.compile(
    r"[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\\\]\u2028\u2029\ud800-\udfff]+@[A-Za-z0-9.-]+"
).fullmatch
_is_message_id = re.compile(r"<[A-Za-z0-9._+=-]+@[A-Za-z0-9.-]+>").fullmatch


@dataclass(frozen=True, kw_only=True, slots=True)
class WireHeaders:
    """What the headers of all messages of one variant share. `date` is aware."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Patch:
    """Source lines that hold slots. `source` has them cut out: between its pieces stand the
    tokens that `order` names (0 unsubscribe, 1 preferences). `lines` are the bounds of each
    source line and the place that its base64 takes in the message."""

    source: tuple[bytes, ...]
    order: tuple[int, ...]
    lines: tuple[tuple[int, int, int], ...]


class Skeleton:
    """One variant, ready to be filled in. Immutable; safe to share between threads."""

    __slots__ = ("_patches", "_pieces")

    def __init__(self, pieces: list[bytes], patches: tuple[_Patch, ...]) -> None:
        self._pieces = pieces
        self._patches = patches

    @classmethod
    def compile(cls, mail: RenderedMail, common: WireHeaders) -> Skeleton:
        """Raises `InvalidValue` if a header value may not stand in a message."""
        text, html = mime.lines(mail.text), mime.lines(mail.html)
        boundary = mime.boundary(text, html)
        link = b"List-Unsubscribe: <" + headers.token("BASE_URL", common.base_url) + b"/u/"
        # The To and Message-ID lines and the token of List-Unsubscribe take the places 1 and 3.
        pieces = [_first_headers(mail, common), b"", link, b""]
        patches: list[_Patch] = []
        pieces.append(
            b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            + mime.multipart(boundary)
            + mime.part_head(boundary, "plain")
        )
        _compile_body(text, pieces, patches)
        pieces[-1] += mime.part_head(boundary, "html")
        _compile_body(html, pieces, patches)
        pieces[-1] += b"--" + boundary + b"--\r\n"
        return cls(pieces, tuple(patches))

    def message(self, values: ReaderValues) -> bytes:
        """The complete message, ending in CRLF, without the final dot line. An address with an
        internationalised local part stands in it as UTF-8, for SMTPUTF8 alone.

        Nothing in it begins a line with a dot, so nothing needs stuffing: header names, base64
        and boundaries never do. Raises `InvalidValue` for a value that would leave its slot.
        """
        address, message_id = values.address, values.message_id
        tokens = (_token(values.unsubscribe_token), _token(values.preferences_token))
        if not (_is_address(address) and _is_message_id(message_id)):
            raise InvalidValue("the address or the Message-ID has the wrong form")
        out = self._pieces.copy()
        out[1] = f"To: <{address}>\r\nMessage-ID: {message_id}\r\n".encode()
        out[3] = tokens[0]
        for patch in self._patches:
            source = patch.source
            if len(source) == 2:
                filled = source[0] + tokens[patch.order[0]] + source[1]
            else:
                filled = source[0] + b"".join(
                    [
                        tokens[which] + rest
                        for which, rest in zip(patch.order, source[1:], strict=True)
                    ]
                )
            for first, last, place in patch.lines:
                out[place] = b2a_base64(filled[first:last], newline=False)
        return b"".join(out)


def build_notice(
    mail: RenderedMail,
    *,
    from_name: str,
    from_address: str,
    to: str,
    date: datetime,
    message_id: str,
) -> bytes:
    """A transactional mail under the same rules, marked as generated, without list headers.
    Raises `InvalidValue` for a value that may not stand in a message."""
    if not (_is_address(to) and _is_message_id(message_id)):
        raise InvalidValue("the address or the Message-ID has the wrong form")
    text, html = mime.lines(mail.text), mime.lines(mail.html)
    boundary = mime.boundary(text, html)
    return b"".join(
        (
            headers.with_address("From", from_name, from_address),
            f"To: <{to}>\r\n".encode(),
            headers.unstructured("Subject", mail.subject),
            headers.date(date),
            f"Message-ID: {message_id}\r\n".encode("ascii"),
            b"Auto-Submitted: auto-generated\r\n",
            mime.multipart(boundary),
            mime.part_head(boundary, "plain"),
            mime.base64(text),
            mime.part_head(boundary, "html"),
            mime.base64(html),
            b"--" + boundary + b"--\r\n",
        )
    )


def _first_headers(mail: RenderedMail, common: WireHeaders) -> bytes:
    return b"".join(
        (
            headers.with_address("From", common.from_name, common.from_address),
            headers.unstructured("Subject", mail.subject),
            headers.date(common.date),
            headers.with_address("List-Id", common.list_name, common.list_id),
            b"Feedback-ID: " + headers.token("Feedback-ID", common.feedback_id) + b"\r\n",
            b"Precedence: bulk\r\n",
        )
    )


def _compile_body(raw: bytes, pieces: list[bytes], patches: list[_Patch]) -> None:
    """Adds the body to a message in pieces: what stays is encoded now, the lines that hold slots
    get a place each and a patch that fills them. The last piece is one that stays."""
    done = 0
    for first, last in _slot_ranges(raw):
        pieces[-1] += mime.base64(raw[done:first])
        lines = []
        for at in range(0, last - first, SOURCE_LINE):
            lines.append((at, min(at + SOURCE_LINE, last - first), len(pieces)))
            pieces += [b"", b"\r\n"]
        found = list(_places(raw[first:last]))
        cuts = [0, *(at + TOKEN_LENGTH for at, _ in found)]
        ends = [*(at for at, _ in found), last - first]
        patches.append(
            _Patch(
                source=tuple(raw[first + a : first + b] for a, b in zip(cuts, ends, strict=True)),
                order=tuple(which for _, which in found),
                lines=tuple(lines),
            )
        )
        done = last
    pieces[-1] += mime.base64(raw[done:])


def _slot_ranges(raw: bytes) -> list[tuple[int, int]]:
    """Ranges of whole source lines that hold slots; those that touch are one."""
    ranges: list[tuple[int, int]] = []
    for at, _ in _places(raw):
        first = at // SOURCE_LINE * SOURCE_LINE
        last = min(-(-(at + TOKEN_LENGTH) // SOURCE_LINE) * SOURCE_LINE, len(raw))
        if ranges and first < ranges[-1][1]:
            ranges[-1] = ranges[-1][0], last
        else:
            ranges.append((first, last))
    return ranges


def _places(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where slots stand, in order, and whose they are."""
    for match in re.finditer(b"|".join(map(re.escape, _SLOTS)), raw):
        yield match.start(), _SLOTS.index(match[0])


def _token(token: str) -> bytes:
    try:
        raw = token.encode("ascii")
    except UnicodeEncodeError:
        raise InvalidValue("a token has the wrong form") from None
    if len(raw) != TOKEN_LENGTH or raw.translate(None, _TOKEN_ALPHABET):
        raise InvalidValue("a token has the wrong form")
    return raw
