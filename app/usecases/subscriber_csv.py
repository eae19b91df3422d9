"""Reads a CSV of readers line by line: a broken line is reported, and spoils no other.

Every physical line is one record, since none of the columns can hold a line break: so a quote
that is never closed costs its own line and not the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.address import Address, InvalidAddress, parse_address
from app.domain.subscription import Cadence, topic_mask

COLUMNS = ("email", "topics", "cadence", "timezone")
DELIMITERS = (",", ";", "\t")
MAX_LINE = 10_000
"""Bytes in a line; a longer one is malformed."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_SHOWN = 80


class UnreadableFile(Exception):
    """The file as a whole is no CSV of readers. `code`: empty, not_utf8, no_email_column,
    repeated_column."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A line that can be imported. `line` counts from 1, the header included."""

    line: int
    address: Address
    topic_mask: int
    cadence: Cadence
    timezone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """A line that cannot. `code` is stable: one of `InvalidAddress`, or bad_encoding,
    malformed_line, too_many_columns, unknown_topic, unknown_cadence, unknown_timezone."""

    line: int
    email: str
    code: str


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SubscriberFile:
    """One opened file; iterating gives a `Row` or a `Rejected` for each line that is not empty.

    Raises `UnreadableFile` at once when the header does not name an `email` column. `topics`
    are the bits of the topics by slug; `ignored` names columns that mean nothing here.
    """

    def __init__(self, file: BinaryIO, *, topics: Mapping[str, int]) -> None:
        self._lines = _lines(file)
        self._topics = topics
        self._delimiter, self._header = _read_header(next(self._lines, b""))
        self.ignored = [name for name in self._header if name not in COLUMNS]

    def __iter__(self) -> Iterator[Row | Rejected]:
        for number, raw in enumerate(self._lines, start=2):
            if not raw.strip(b" \t,;"):
                continue
            values: dict[str, str] = {}
            try:
                values = self._split(raw)
                yield self._row(number, values)
            except _Refused as refused:
                yield Rejected(line=number, email=_shown(values), code=refused.code)

    def _split(self, raw: bytes) -> dict[str, str]:
        if len(raw) > MAX_LINE:
            raise _Refused("malformed_line")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise _Refused("bad_encoding") from None
        try:
            (cells,) = csv.reader([text], delimiter=self._delimiter, strict=True)
        except (csv.Error, ValueError):
            raise _Refused("malformed_line") from None
        if any(cell.strip() for cell in cells[len(self._header) :]):
            raise _Refused("too_many_columns")
        return dict(zip(self._header, cells, strict=False))

    def _row(self, number: int, values: Mapping[str, str]) -> Row:
        try:
            address = parse_address(values.get("email", ""))
        except InvalidAddress as error:
            raise _Refused(error.code) from None
        return Row(
            line=number,
            address=address,
            topic_mask=self._mask(values.get("topics", "")),
            cadence=_cadence(values.get("cadence", "")),
            timezone=_zone(values.get("timezone", "").strip()),
        )

    def _mask(self, text: str) -> int:
        slugs = [slug.strip().lower() for slug in text.split(";") if slug.strip()]
        try:
            return topic_mask([self._topics[slug] for slug in slugs])
        except KeyError:
            raise _Refused("unknown_topic") from None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends: LF, CRLF, or CR alone where the header already ends so. A
    CR within a line of another file is a control character like any other."""
    first = file.readline(MAX_LINE)
    if first.startswith(_UTF16_MARKS):
        raise UnreadableFile("not_utf8")
    first = first.removeprefix(_UTF8_MARK)
    if b"\r" in first.rstrip(b"\r\n"):
        yield from (first + file.read()).split(b"\r")
        return
    for raw in chain([first], _bounded(file)):
        yield raw.rstrip(b"\r\n")


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """Lines of at most `MAX_LINE` + 1 bytes; what a longer one holds beyond is dropped."""
    while raw := file.readline(MAX_LINE + 1):
        rest = raw
        while rest and not rest.endswith(b"\n") and len(rest) > MAX_LINE:
            rest = file.readline(MAX_LINE + 1)
        yield raw


def _read_header(raw: bytes) -> tuple[str, list[str]]:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise UnreadableFile("not_utf8") from None
    if not text.strip():
        raise UnreadableFile("empty")
    for delimiter in DELIMITERS:
        cells = next(csv.reader([text], delimiter=delimiter), [])
        names = [name.strip().lower() for name in cells]
        if "email" in names:
            if any(names.count(column) > 1 for column in COLUMNS):
                raise UnreadableFile("repeated_column")
            return delimiter, names
    raise UnreadableFile("no_email_column")


def _cadence(text: str) -> Cadence:
    name = text.strip().lower()
    if not name:
        return Cadence.DAILY
    try:
        return Cadence(name)
    except ValueError:
        raise _Refused("unknown_cadence") from None


def _zone(name: str) -> str:
    if name and not _is_zone(name):
        raise _Refused("unknown_timezone")
    return name


@cache
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _shown(values: Mapping[str, str]) -> str:
    """The address of a refused line, short and safe for a terminal."""
    text = values.get("email", "").strip()[:_SHOWN]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
