"""Reads the Maildir that the embedded mail server writes: file names sort by arrival.

Listing thousands of messages touches only their names; headers are read for the page that is
shown, and once for each message that a search looks at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path

_HEAD_BYTES = 16_384
_KEY = re.compile(r"[0-9A-Za-z_][0-9A-Za-z._=-]{0,120}")
_RECIPIENT = re.compile(rb"^(?:Delivered-To|To):[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the list. `size` is in bytes."""

    key: str
    subject: str
    sender: str
    to: str
    at: datetime
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One whole message. `html` and `text` are empty where it has no such part."""

    entry: Entry
    html: str
    text: str
    headers: Sequence[tuple[str, str]]
    source: bytes


class Maildir:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def paths(self, wanted: str = "") -> list[Path]:
        """The messages, newest first; with `wanted`, those to an address that holds it."""
        found = [path for name in ("new", "cur") for path in _files(self._folder / name)]
        found.sort(key=lambda path: path.name, reverse=True)
        needle = wanted.strip().casefold()
        if needle:
            found = [path for path in found if needle in _recipients(str(path))]
        return found

    def read(self, key: str) -> Mail | None:
        """The message of this key; None where there is none."""
        path = self._find(key)
        if path is None:
            return None
        source = path.read_bytes()
        message = message_from_bytes(source, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return Mail(
            entry=entry_of(path),
            html=_part(message, "html"),
            text=_part(message, "plain"),
            headers=[(name, _decoded(str(value))) for name, value in _raw_headers(source)],
            source=source,
        )

    def _find(self, key: str) -> Path | None:
        if not _KEY.fullmatch(key) or ".." in key:
            return None
        for name in ("new", "cur"):
            for path in (self._folder / name / key, *(self._folder / name).glob(f"{key}:*")):
                if path.is_file():
                    return path
        return None


def entry_of(path: Path) -> Entry:
    """The list's line for one message."""
    status = path.stat()
    with path.open("rb") as file:
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(file.read(_HEAD_BYTES))
    name, address = parseaddr(_header(head, "From"))
    return Entry(
        key=path.name.partition(":")[0],
        subject=_header(head, "Subject"),
        sender=name or address,
        to=parseaddr(_header(head, "To"))[1] or _header(head, "Delivered-To"),
        at=datetime.fromtimestamp(status.st_mtime, UTC),
        size=status.st_size,
    )


def _files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / entry.name for entry in entries if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []


@lru_cache(maxsize=20_000)
def _recipients(path: str) -> str:
    """The addresses of one message, casefolded. A message never changes, so it is read once."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(4_096).partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    except FileNotFoundError:
        return ""
    found = b" ".join(match[1] for match in _RECIPIENT.finditer(head))
    return found.decode(errors="replace").casefold()


def _raw_headers(source: bytes) -> list[tuple[str, str]]:
    parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(source)
    return [(name, str(value)) for name, value in parsed.items()]


def _header(head: Message, name: str) -> str:
    return _decoded(str(head.get(name, "")))


def _decoded(value: str) -> str:
    """A header as people read it: unfolded, its encoded words decoded (RFC 2047)."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", value)
    try:
        return str(make_header(decode_header(unfolded)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return unfolded


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, UnicodeError):
        payload = body.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else str(payload)
