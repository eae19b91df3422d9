"""The text of a CSV of unknown making: its encoding, its rows, its separator.

A row is a line, or several where a cell in quotes holds line breaks, as spreadsheets write them.
A quote that is never closed costs its own line and not the rest of the file.
"""

from __future__ import annotations

import csv
import re
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from tempfile import TemporaryFile
from typing import BinaryIO, cast

MAX_LINE = 10_000
"""Bytes in a row; a longer one is malformed."""

DELIMITERS = (",", ";", "\t", "|")

BREAK = b"\r"
"""What stands for a line break within a row, so that rows can be kept one a line."""

_OPENING = re.compile(rb'(?:\A|[,;\t|])"')
_CLOSING = re.compile(rb'[^"]*(?:""[^"]*)*"(?!")')
_PARTED = re.compile(rb"\Z|[,;\t|]")

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
    """The rows of a file that can be sought in, without their ends and without a byte order mark,
    in UTF-8 where they were in UTF-16. Lines end with LF, CRLF, or CR alone where the first one
    ends so; line breaks within a row are `BREAK`. A CR outside of quotes is a control character
    like any other.

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
        yield from _rows(_split(file))
        return
    with _as_utf8(file, wide) as copy:
        yield from _rows(_split(copy))


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
    """The cells of one row. Raises `MalformedLine`."""
    if len(line) > MAX_LINE:
        raise MalformedLine("malformed_line")
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        raise MalformedLine("bad_encoding") from None
    try:
        found = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except (csv.Error, ValueError):
        raise MalformedLine("malformed_line") from None
    return [cell.replace("\r", "\n") for cell in found]


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
        for line in (first + file.read()).split(b"\r"):
            yield line.replace(b"\n", BREAK)
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


def _rows(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines put together where a quote is open between them."""
    ahead: deque[bytes] = deque()
    while (row := ahead.popleft() if ahead else next(lines, None)) is not None:
        further = _further_lines(row, ahead, lines)
        yield BREAK.join([row, *(ahead.popleft() for _ in range(further))])


def _further_lines(first: bytes, ahead: deque[bytes], lines: Iterator[bytes]) -> int:
    """How many lines after the first belong to its row; they are `ahead` then. None do where the
    quote is not closed within `MAX_LINE` bytes, or closed in the middle of a cell."""
    count, size = 0, len(first)
    stays_open = _stays_open(first, within=False)
    while stays_open:
        if count == len(ahead):
            line = next(lines, None)
            if line is None:
                return 0
            ahead.append(line)
        size += len(BREAK) + len(ahead[count])
        if size > MAX_LINE:
            return 0
        stays_open = _stays_open(ahead[count], within=True)
        count += 1
    return 0 if stays_open is None else count


def _stays_open(line: bytes, *, within: bool) -> bool | None:
    """Whether a quote is open at the end of a line, at whose beginning one is where `within`; None
    for one that is closed in the middle of a cell. Whatever the separator is."""
    place = 0
    while True:
        if not within:
            opening = _OPENING.search(line, place)
            if opening is None:
                return False
            place = opening.end()
        closing = _CLOSING.match(line, place)
        if closing is None:
            return True
        place, within = closing.end(), False
        if not _PARTED.match(line, place):
            return None
