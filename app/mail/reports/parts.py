"""A report's message taken apart within bounds: whatever is sent to us, a bounded piece of it is
looked at, for a bounded time, and nothing is raised.

Kept are the parts that stand directly in the message's own multiparts. The mail that a report
gives back is never descended into, so that a report inside of it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

MAX_BYTES = 262_144
"""Octets of a message that are looked at. What a report says stands before the mail it returns."""

_MAX_LINES = 8_000
_LONGEST_LINE = 998
"""That of RFC 5322; detectors of old formats take quadratic time over one."""

_MAX_MULTIPARTS = 12
_MAX_PARTS = 40
_HEADER = 2_000
"""Characters of a header that are decoded."""

_MULTIPART = re.compile(
    rb"^content-type:[ \t]*(?:\r?\n[ \t]+)?multipart/", re.IGNORECASE | re.MULTILINE
)
_MACHINE = re.compile(
    rb"message/(global-delivery-status|delivery-status|feedback-report"
    rb"|global-headers|global|rfc822)",
    re.IGNORECASE,
)
_ASIDE = b"x-report/"
"""Python's parser takes parts of the type message/* for mails and loses what they say (all but
message/delivery-status); under another name it leaves them alone, transfer encoding included."""

RETURNED = frozenset(
    {
        "x-report/rfc822",
        "x-report/global",
        "x-report/global-headers",
        "text/rfc822-headers",
        "text/rfc822-header",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part: its type (parts of message/* are called x-report/*) and its text, decoded."""

    kind: str
    text: str


class Parts:
    """The message's own headers, and its parts in their order."""

    def __init__(self, data: bytes) -> None:
        cut = _bounded(data)
        if len(_MULTIPART.findall(cut)) > _MAX_MULTIPARTS:  # each costs time for every line
            cut = cut.partition(b"\n\n")[0]
        self._message = BytesParser(policy=compat32).parsebytes(_MACHINE.sub(_ASIDE + rb"\1", cut))
        self.parts = tuple(Part(kind=p.get_content_type(), text=_text(p)) for p in self._leaves())

    def header(self, name: str) -> str:
        """A header's text on one line, empty where there is none."""
        return " ".join(str(self._message.get(name, "")).split())

    def decoded(self, name: str) -> str:
        """A header with its encoded words (RFC 2047) read; as it stands where they are broken."""
        text = self.header(name)[:_HEADER]
        try:
            return str(make_header(decode_header(text)))
        except (HeaderParseError, LookupError, ValueError):
            return text

    def has(self, name: str) -> bool:
        return name in self._message

    def of(self, *kinds: str) -> Iterator[Part]:
        return (part for part in self.parts if part.kind in kinds)

    def words(self) -> str:
        """The text that people read: that of the first plain part, else of the first there is."""
        plain = next(self.of("text/plain"), None) or next(self.of("text/html"), None)
        return plain.text if plain else ""

    def without_the_returned(self) -> Message:
        """The message, from here on without the mail that it gives back."""
        for part in self._leaves():
            if part.get_content_type() in RETURNED:
                part.set_payload("")
        return self._message

    def _leaves(self) -> Iterator[Message]:
        waiting: list[Message] = [self._message]
        for _ in range(_MAX_PARTS):
            if not waiting:
                return
            part = waiting.pop(0)
            inside = part.get_payload()
            if part.is_multipart() and isinstance(inside, list):
                waiting[:0] = [one for one in inside if isinstance(one, Message)]
            else:
                yield part


def _bounded(data: bytes) -> bytes:
    lines = data[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\0", b"").split(b"\n", _MAX_LINES)
    return b"\n".join(line[:_LONGEST_LINE] for line in lines[:_MAX_LINES])


def _text(part: Message) -> str:
    """Bytes in no known encoding are read as UTF-8 with gaps: a report's names are ASCII."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = str(part.get_param("charset", "utf-8") or "utf-8")
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


_FOLDED = re.compile(r"\n[ \t]+")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:[ \t]*(.*)$")


def fields(block: str) -> dict[str, str]:
    """The fields of a group ("Action: failed"), names in lower case, folded lines joined; of a
    repeated field the first."""
    found: dict[str, str] = {}
    for line in _FOLDED.sub(" ", block).split("\n"):
        match = _FIELD.match(line)
        if match:
            found.setdefault(match[1].lower(), match[2].strip())
    return found
