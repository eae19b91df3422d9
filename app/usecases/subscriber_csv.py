"""Reads the lines of a CSV of readers by a plan of its columns: a broken line is reported, and
spoils no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.address import Address, InvalidAddress, parse_address
from app.domain.csv_text import (
    UTF8,
    MalformedLine,
    UnreadableFile,
    cells,
    guess_delimiter,
    guess_encoding,
    read_lines,
)
from app.domain.reader_columns import (
    ReaderColumn,
    guess_columns,
    read_cadence,
    read_language,
    spelling,
)
from app.domain.spreadsheet import plain_cell
from app.domain.subscription import Cadence, topic_mask
from app.store.tables import Topic
from app.usecases.former_topics import Alias
from app.usecases.manage_readers import MAX_NAME

_SAMPLE = 20
_SHOWN = 80
_PARTING = (";", "|", "،", ",", "/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How the lines are read. `columns` says of each column what it is, None for one that means
    nothing here; `header` is the first line's names, empty where it is a reader already."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: tuple[ReaderColumn | None, ...]

    @property
    def has_address(self) -> bool:
        return ReaderColumn.EMAIL in self.columns

    def as_json(self) -> dict[str, Any]:
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header": list(self.header),
            "columns": [None if one is None else one.value for one in self.columns],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row that can be imported. `line` counts from 1 as a spreadsheet does: the header included,
    and several lines of a text as one where a cell holds line breaks. What the file does not say
    is None."""

    line: int
    address: Address
    name: str
    topic_mask: int
    cadence: Cadence
    timezone: str
    language: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """A line that cannot. `code` is stable: one of `InvalidAddress` or `MalformedLine`, or
    too_many_columns, unknown_topic, unknown_cadence, unknown_timezone, unknown_language."""

    line: int
    email: str
    code: str


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plan_from_json(kept: Mapping[str, Any]) -> Plan:
    return Plan(
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
        header=tuple(kept["header"]),
        columns=tuple(None if one is None else ReaderColumn(one) for one in kept["columns"]),
    )


def guess_plan(first_lines: Sequence[bytes], encoding: str, delimiter: str = "") -> Plan:
    """What the file seems to be, from its first lines. A first line with an address in it names
    no columns. Raises `UnreadableFile` (empty) for one without text."""
    if not first_lines or not first_lines[0].strip(b" \t,;|\r\n"):
        raise UnreadableFile("empty")
    delimiter = delimiter or guess_delimiter(first_lines[:_SAMPLE], encoding)
    shown = first_lines[0].decode(encoding, "replace")
    try:
        first = [" ".join(cell.split()) for cell in cells(shown.encode(), UTF8, delimiter)]
    except MalformedLine:
        raise UnreadableFile("not_text") from None
    addressed = [_is_address(cell) for cell in first]
    if not any(addressed):
        return Plan(
            encoding=encoding,
            delimiter=delimiter,
            header=tuple(first),
            columns=guess_columns(first),
        )
    place = addressed.index(True)
    columns = tuple(ReaderColumn.EMAIL if n == place else None for n in range(len(first)))
    return Plan(encoding=encoding, delimiter=delimiter, header=(), columns=columns)


class LineReader:
    """Makes a `Row` or a `Rejected` of each line by the plan. `topics` are looked up by their slug
    and by their names in both languages."""

    def __init__(self, plan: Plan, topics: Iterable[Topic | Alias]) -> None:
        self._plan = plan
        self._bits: dict[str, int] = {}
        for topic in topics:
            for name in (topic.slug, topic.name_ar, topic.name_en):
                self._bits.setdefault(spelling(name), topic.bit)

    def read(self, number: int, raw: bytes) -> Row | Rejected | None:
        """What line `number` says; None for an empty one and for the header."""
        if (number == 1 and self._plan.header) or not raw.strip(b" \t,;|"):
            return None
        values: dict[ReaderColumn, str] = {}
        try:
            values = self._values(raw)
            return self._row(number, values)
        except (_Refused, MalformedLine, InvalidAddress) as refused:
            return Rejected(line=number, email=_shown(values), code=refused.code)

    def _values(self, raw: bytes) -> dict[ReaderColumn, str]:
        found = cells(raw, self._plan.encoding, self._plan.delimiter)
        columns = self._plan.columns
        if any(cell.strip() for cell in found[len(columns) :]):
            raise _Refused("too_many_columns")
        pairs = zip(columns, found, strict=False)
        return {column: plain_cell(cell.strip()) for column, cell in pairs if column is not None}

    def _row(self, number: int, values: Mapping[ReaderColumn, str]) -> Row:
        language = values.get(ReaderColumn.LANGUAGE, "")
        spoken = read_language(language)
        if language and spoken is None:
            raise _Refused("unknown_language")
        return Row(
            line=number,
            address=parse_address(values.get(ReaderColumn.EMAIL, "")),
            name=_name(values.get(ReaderColumn.NAME, "")),
            topic_mask=self._mask(values.get(ReaderColumn.TOPICS, "")),
            cadence=_cadence(values.get(ReaderColumn.CADENCE, "")),
            timezone=_zone(values.get(ReaderColumn.TIMEZONE, "")),
            language=spoken,
        )

    def _mask(self, text: str) -> int:
        """The topics of a cell, one or several, however they are parted."""
        whole = self._bits.get(spelling(text))
        if whole is not None:
            return topic_mask([whole])
        for sign in _PARTING:
            text = text.replace(sign, "\n")
        try:
            return topic_mask(
                [self._bits[spelling(one)] for one in text.split("\n") if one.strip()]
            )
        except KeyError:
            raise _Refused("unknown_topic") from None


class SubscriberFile:
    """A whole file, read twice: to guess what it is, and line by line.

    Raises `UnreadableFile` at once when the first line does not name a column of addresses.
    `ignored` names the columns that mean nothing here.
    """

    def __init__(self, file: BinaryIO, *, topics: Iterable[Topic | Alias]) -> None:
        encoding = guess_encoding(read_lines(file))
        file.seek(0)
        self.plan = guess_plan(list(islice(read_lines(file), _SAMPLE)), encoding)
        if not self.plan.header or not self.plan.has_address:
            raise UnreadableFile("no_email_column")
        names = [spelling(name) for name in self.plan.header]
        meant = [name for name, one in zip(names, self.plan.columns, strict=True) if one]
        if any(names.count(name) > 1 for name in meant):
            raise UnreadableFile("repeated_column")
        self.ignored = [
            name.casefold()
            for name, one in zip(self.plan.header, self.plan.columns, strict=True)
            if one is None
        ]
        self._file = file
        self._reader = LineReader(self.plan, topics)

    def __iter__(self) -> Iterator[Row | Rejected]:
        self._file.seek(0)
        for number, raw in enumerate(read_lines(self._file), start=1):
            read = self._reader.read(number, raw)
            if read is not None:
                yield read


def _is_address(text: str) -> bool:
    try:
        parse_address(plain_cell(text))
    except InvalidAddress:
        return False
    return True


def _name(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_NAME]


def _cadence(text: str) -> Cadence:
    if not text:
        return Cadence.DAILY
    cadence = read_cadence(text)
    if cadence is None:
        raise _Refused("unknown_cadence")
    return cadence


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


def _shown(values: Mapping[ReaderColumn, str]) -> str:
    """The address of a refused line, short and safe for a terminal."""
    text = values.get(ReaderColumn.EMAIL, "")[:_SHOWN]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
