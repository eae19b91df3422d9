"""The text of a CSV of unknown making: its encoding, its lines, its separator.

Every physical line is one record, since none of the columns that count can hold a line break: so
a quote that is never closed costs its own line and not the rest of the file.
"""

from __future__ import annotations

import csv
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from tempfile import TemporaryFile
from typing import BinaryIO, cast

MAX_LINE = 10_000
"""Bytes in a line; a longer one is malformed."""

DELIMITERS = (",", ";", "\t", "|")

UTF8 = "utf-8"
WINDOWS_ARABIC = "windows-1256"
ENCODINGS = (UTF8, WINDOWS_ARABIC)
"""What a line may be in, once UTF-16 was made UTF-8. The second reads every byte."""

_UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF8_MARK = b"\xef\xbb\xbf"
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_LOOKED_AT = 4_096
_PIECE = 1 << 16


class UnreadableFile(Exception):
    """The file as a whole is no CSV of readers. `code`: empty, spreadsheet, not_text,
    no_email_column, repeated_column."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MalformedLine(Exception):
    """A line that is no record. `code`: bad_encoding, malformed_line."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file that can be sought in, without their ends and without a byte order mark,
    in UTF-8 where they were in UTF-16: LF, CRLF, or CR alone where the first line ends so. A CR
    within a line of another file is a control character like any other.

    Raises `UnreadableFile`: spreadsheet, not_text. A line is cut after `MAX_LINE` + 1 bytes.
    """
    head = file.read(_LOOKED_AT)
    file.seek(0)
    if head.startswith(_SPREADSHEETS):
        raise UnreadableFile("spreadsheet")
    wide = _utf16(head)
    if wide is None and b"\0" in head[:_LOOKED_AT].split(b"\n")[0]:
        raise UnreadableFile("not_text")
    if wide is None:
        yield from _split(file)
        return
    with _as_utf8(file, wide) as copy:
        yield from _split(copy)


def guess_encoding(lines: Iterable[bytes]) -> str:
    """UTF-8, unless more lines break its rules than keep them with a letter beyond ASCII: then it
    is what Arabic Windows writes, in which hardly any word is valid UTF-8 by chance."""
    kept = broken = 0
    for line in lines:
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError:
            broken += 1
        else:
            kept += 1
    return WINDOWS_ARABIC if broken > kept else UTF8


def guess_delimiter(lines: Sequence[bytes], encoding: str) -> str:
    """The separator that parts the first of these lines into most cells; of several, the one that
    the others agree with."""

    def fits(delimiter: str) -> tuple[int, int]:
        counts = [len(_cells_or_none(line, encoding, delimiter)) for line in lines if line.strip()]
        return (counts[0] if counts else 0, sum(one == counts[0] for one in counts))

    return max(DELIMITERS, key=fits)


def cells(line: bytes, encoding: str, delimiter: str) -> list[str]:
    """The cells of one line. Raises `MalformedLine`."""
    if len(line) > MAX_LINE:
        raise MalformedLine("malformed_line")
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        raise MalformedLine("bad_encoding") from None
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except (csv.Error, ValueError):
        raise MalformedLine("malformed_line") from None


def _cells_or_none(line: bytes, encoding: str, delimiter: str) -> list[str]:
    try:
        return cells(line, encoding, delimiter)
    except MalformedLine:
        return []


def _utf16(head: bytes) -> str | None:
    """Which UTF-16 it is: by its mark, or since half of what ASCII it holds are zeroes."""
    if marked := _UTF16_MARKS.get(head[:2]):
        return marked
    low, high = head[0::2], head[1::2]
    enough = max(len(low) // 4, 4)
    if high.count(0) > enough and not low.count(0):
        return "utf-16-le"
    return "utf-16-be" if low.count(0) > enough and not high.count(0) else None


def _as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """A copy in UTF-8 in a temporary file, open at its beginning."""
    decoder = getincrementaldecoder(encoding)("replace")
    copy = cast("BinaryIO", TemporaryFile())  # noqa: SIM115  the caller closes it
    while piece := file.read(_PIECE):
        copy.write(decoder.decode(piece).encode(errors="replace"))
    copy.write(decoder.decode(b"", final=True).encode(errors="replace"))
    copy.seek(0)
    return copy


def _split(file: BinaryIO) -> Iterator[bytes]:
    first = file.readline(MAX_LINE).removeprefix(_UTF8_MARK)
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
