"""A small, strict reader of messages, written from RFC 5322, 2045 to 2047 and 5321 without
Python's `email`, whose leniency would hide mistakes. What it does not expect, it refuses."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_FIELD = re.compile(rb"([!-9;-~]+): ?((?:[^\r\n]|\r\n[ \t])*)")
_WORD = re.compile(r"=\?([!-~]+?)\?([bBqQ])\?([!-~]*?)\?=")
_HAS_SPACE = re.compile(rb"[ \t]")


class Malformed(AssertionError):
    """The bytes are not what the standards allow in a message on the wire."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "strict")


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A message of `multipart/alternative`: unfolded header values by lower-case name."""

    headers: dict[str, str]
    parts: tuple[Part, ...]


def read_message(data: bytes, *, smtputf8: bool = False) -> Read:
    """Reads dot-stuffed message data without its final dot line."""
    _check_lines(data, smtputf8=smtputf8)
    head, body = _split(data)
    headers = _headers(head, smtputf8=smtputf8)
    kind = headers["content-type"]
    boundary = re.fullmatch(r'multipart/alternative; boundary="([^"]{1,70})"', kind)
    if boundary is None:
        raise Malformed(f"Content-Type: {kind}")
    return Read(headers=headers, parts=_parts(body, boundary[1].encode()))


def decoded_words(value: str) -> str:
    """An unstructured header value decoded by RFC 2047: white space between two encoded words is
    no part of the text, and each word is decoded by itself."""
    pieces: list[str] = []
    done, after_word = 0, False
    for match in _WORD.finditer(value):
        between = value[done : match.start()]
        if not (after_word and not between.strip(" \t")):
            pieces.append(between)
        pieces.append(_decoded_word(match))
        done, after_word = match.end(), True
    return "".join([*pieces, value[done:]])


def _decoded_word(match: re.Match[str]) -> str:
    word, charset, encoding, payload = match[0], match[1], match[2].lower(), match[3]
    if len(word) > 75 or charset.lower() != "utf-8" or encoding != "b":
        raise Malformed(word)
    return binascii.a2b_base64(payload, strict_mode=True).decode("utf-8", "strict")


def _check_lines(data: bytes, *, smtputf8: bool) -> None:
    if not data.endswith(b"\r\n"):
        raise Malformed("the message does not end in CRLF")
    for line in data[:-2].split(b"\r\n"):
        if b"\r" in line or b"\n" in line or b"\0" in line:
            raise Malformed(f"a bare control in {line!r}")
        if len(line) > 998:
            raise Malformed(f"{len(line)} octets in a line")
        if not line.isascii() and not smtputf8:
            raise Malformed(f"8-bit line {line!r}")
        if line.startswith(b".") and not line.startswith(b".."):
            raise Malformed("a line begins with a dot that is not stuffed")


def _split(data: bytes) -> tuple[bytes, bytes]:
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        raise Malformed("no empty line after the headers")
    return head, body


def _headers(head: bytes, *, smtputf8: bool = False) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(head):
        match = _FIELD.match(head, at)
        if match is None:
            raise Malformed(f"no header field: {head[at : at + 60]!r}")
        for line in match[0].split(b"\r\n"):
            if not line.strip():
                raise Malformed("a folded line of white space alone")
            if len(line) > 78 and _HAS_SPACE.search(line.partition(b": ")[2] or line[1:]):
                raise Malformed(f"a header line of {len(line)} that could be folded: {line!r}")
        name, value = match[1].decode("ascii").lower(), match[2].replace(b"\r\n", b"")
        if name in found:
            raise Malformed(f"{name} twice")
        found[name] = value.decode("utf-8" if smtputf8 else "ascii", "strict")
        at = match.end()
        if at < len(head):
            if head[at : at + 2] != b"\r\n":
                raise Malformed(f"after {name}: {head[at : at + 20]!r}")
            at += 2
    return found


def _parts(body: bytes, boundary: bytes) -> tuple[Part, ...]:
    start, end = b"--" + boundary + b"\r\n", b"\r\n--" + boundary + b"--\r\n"
    if not body.startswith(start) or not body.endswith(end):
        raise Malformed("the boundary lines are not first and last")
    inside = body[len(start) : -len(end)]
    if boundary in inside.replace(b"\r\n" + start, b""):
        raise Malformed("the boundary occurs in a part")
    return tuple(_part(raw) for raw in inside.split(b"\r\n" + start))


def _part(raw: bytes) -> Part:
    head, encoded = _split(raw)
    headers = _headers(head)
    if headers.get("content-transfer-encoding") != "base64":
        raise Malformed("a part is not in base64")
    lines = encoded.split(b"\r\n")
    if any(len(line) > 76 or not line for line in lines):
        raise Malformed("a base64 line that is empty or longer than 76")
    if any(b"=" in line for line in lines[:-1]):
        raise Malformed("padding before the last line")
    return Part(headers=headers, body=b"".join(_strict_base64(line) for line in lines))


def _strict_base64(line: bytes) -> bytes:
    try:
        return binascii.a2b_base64(line, strict_mode=True)
    except binascii.Error as error:
        raise Malformed(f"{line!r}: {error}") from None
