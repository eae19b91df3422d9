"""A strict reader of messages, written from RFC 5322, 2045, 2046 and 2047 and sharing nothing
with the standard library's email package or with the code it judges.

It refuses what lenient mail programs would repair: bare line ends, long lines, headers that come
twice, encoded words that are too long or end in the middle of a character, loose base64.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass

ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")

_FIELD = re.compile(rb"([!-9;-~]+):[ ](.*)", re.DOTALL)
_WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]+={0,2})\?=")
_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}"
)
_ALTERNATIVE = re.compile(r'multipart/alternative; boundary="([^"]{1,70})"')
_PART_TYPE = re.compile(r"text/(plain|html); charset=utf-8")


@dataclass(frozen=True)
class Judged:
    """What a reader gets: header values unfolded and decoded, both parts as text."""

    headers: dict[str, str]
    text: str
    html: str
    encoded_html_size: int


def judge(message: bytes, *, smtputf8: bool = False) -> Judged:
    """Raises AssertionError for anything that is not exactly right."""
    _check_lines(message)
    head, separator, body = message.partition(b"\r\n\r\n")
    assert separator, "no empty line after the headers"
    raw = _fields(head, smtputf8=smtputf8)
    names = [name for name, _ in raw]
    for name in ONCE:
        assert names.count(name) == 1, f"{name}: {names.count(name)} times"
    assert len(set(map(str.lower, names))) == len(names), "a header comes twice"
    headers = {name: decode_words(value) for name, value in raw}
    assert headers["MIME-Version"] == "1.0"
    assert _DATE.fullmatch(headers["Date"]), headers["Date"]
    assert re.fullmatch(r"<[^\s<>@]+@[^\s<>@]+>", headers["Message-ID"])
    assert re.fullmatch(r"<[^\s<>@]+@[^\s<>@]+>", headers["To"])
    alternative = _ALTERNATIVE.fullmatch(headers["Content-Type"])
    assert alternative, headers["Content-Type"]
    parts = _split(body, alternative[1].encode())
    assert [kind for kind, _, _ in parts] == ["plain", "html"]
    (_, text, _), (_, html, size) = parts
    return Judged(headers=headers, text=text, html=html, encoded_html_size=size)


def decode_words(value: str) -> str:
    """RFC 2047: the white space between two encoded words is no part of the text."""
    pieces: list[str] = []
    done = 0
    for match in _WORD.finditer(value):
        assert len(match[0]) <= 75, "an encoded word of more than 75 characters"
        between = value[done : match.start()]
        if between.strip() or not done:
            pieces.append(between)
        pieces.append(b64decode(match[1], validate=True).decode("utf-8", "strict"))
        done = match.end()
    rest = value[done:]
    assert "=?" not in rest, "an encoded word that is none"
    return "".join([*pieces, rest])


def _check_lines(message: bytes) -> None:
    assert message.endswith(b"\r\n"), "the message does not end with a line"
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", message) is None, "a bare CR or LF"
    assert b"\0" not in message
    for line in message.split(b"\r\n"):
        assert len(line) <= 998, f"a line of {len(line)} octets"
        assert not line.startswith(b"."), "a line begins with a dot that is not stuffed"


def _fields(head: bytes, *, smtputf8: bool) -> list[tuple[str, str]]:
    assert smtputf8 or head.isascii(), "headers hold more than ASCII"
    lines = head.split(b"\r\n")
    for line in lines:
        assert line.strip(), "a line of white space in the headers"
        assert len(line.decode()) <= 78 or b" " not in line.split(b": ", 1)[-1].strip(), line
    found: list[tuple[str, str]] = []
    for field in re.split(rb"\r\n(?![ \t])", head):
        match = _FIELD.fullmatch(field)
        assert match, field
        value = re.sub(rb"\r\n(?=[ \t])", b"", match[2]).decode("utf-8", "strict")
        assert value == value.strip(), field
        found.append((match[1].decode("ascii"), value))
    return found


def _split(body: bytes, boundary: bytes) -> list[tuple[str, str, int]]:
    mark = b"--" + boundary
    assert body.startswith(mark + b"\r\n"), "a preamble"
    assert body.endswith(b"\r\n" + mark + b"--\r\n"), "no closing boundary, or an epilogue"
    inside = body[len(mark) + 2 : -len(mark) - 6]
    pieces = inside.split(b"\r\n" + mark + b"\r\n")
    assert all(mark not in piece for piece in pieces), "the boundary stands inside a part"
    return [_part(piece) for piece in pieces]


def _part(piece: bytes) -> tuple[str, str, int]:
    head, _, body = piece.partition(b"\r\n\r\n")
    headers = dict(_fields(head, smtputf8=False))
    assert set(headers) == {"Content-Type", "Content-Transfer-Encoding"}
    kind = _PART_TYPE.fullmatch(headers["Content-Type"])
    assert kind, headers["Content-Type"]
    assert headers["Content-Transfer-Encoding"] == "base64"
    lines = body.split(b"\r\n")
    assert all(len(line) == 76 for line in lines[:-1]), "base64 lines of different lengths"
    assert 0 < len(lines[-1]) <= 76
    decoded = b64decode(b"".join(lines), validate=True).decode("utf-8", "strict")
    assert re.search("(?<!\r)\n|\r(?!\n)", decoded) is None, "a text part with bare line ends"
    return kind[1], decoded.replace("\r\n", "\n"), len(body)
