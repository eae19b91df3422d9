"""The MIME frame of a mail: two alternatives, text and HTML, both UTF-8 in base64.

Base64 for Arabic: quoted-printable is half as long again, and 8bit may not survive.
"""

from __future__ import annotations

import hashlib
from binascii import b2a_base64

SOURCE_LINE = 57
"""Bytes that make one base64 line of 76 characters (RFC 2045, 6.8)."""


def lines(text: str) -> bytes:
    """The text with CRLF line ends, as a text part must have them (RFC 2046, 4.1.1)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def boundary(*bodies: bytes) -> bytes:
    """A boundary that follows from the content, so that a retry is the same to the byte. Base64
    never holds its underscore."""
    return b"=_" + hashlib.sha256(b"\0".join(bodies)).hexdigest()[:32].encode()


def multipart(mark: bytes) -> bytes:
    """The last headers of a message with alternatives, and the empty line after them."""
    return (
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative;\r\n boundary="' + mark + b'"\r\n\r\n'
    )


def part_head(mark: bytes, subtype: str) -> bytes:
    """What opens one alternative."""
    return (
        b"--"
        + mark
        + f"\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
    )


def base64(raw: bytes) -> bytes:
    """Lines of 76 characters, CRLF after each."""
    return b"".join(
        b2a_base64(raw[at : at + SOURCE_LINE], newline=False) + b"\r\n"
        for at in range(0, len(raw), SOURCE_LINE)
    )
