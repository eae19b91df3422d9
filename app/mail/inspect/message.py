"""Reads a finished message again, as a mail server would: is the way out of it really there?

The preflight compiles each variant with `wire`, fills it in for a reader who does not exist, and
looks at the bytes here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

_SUBJECT = re.compile(r"^Subject: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.MULTILINE)

NEAR_TOP = 600
"""Characters that may be read before the first unsubscribe link (EMAIL.md: near the top too)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadMessage:
    """What stands in the message. `problems` are stable codes about its way out; `token` is that
    of List-Unsubscribe, "" without one."""

    subject: str
    text: str
    html: str
    encoded_html: int
    token: str
    problems: tuple[str, ...]


def read_message(raw: bytes, *, base_url: str) -> ReadMessage:
    """The message read by Python's own parser, which is not what wrote it."""
    message = message_from_bytes(raw, policy=policy.default)
    token, problems = _way_out(message, base_url)
    return ReadMessage(
        subject=_subject(raw),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        encoded_html=_encoded_length(raw),
        token=token,
        problems=tuple(problems),
    )


def links_out(html: str, text: str, token: str, first_at: int | None) -> list[str]:
    """What is wrong with the links to the unsubscribe page: `first_at` is how many characters
    stand before the first one in the HTML, None when there is none."""
    problems = []
    if first_at is None or f"/u/{token}" not in html:
        problems.append("no_link_in_html")
    elif first_at > NEAR_TOP:
        problems.append("link_far_down")
    if f"/u/{token}" not in text:
        problems.append("no_link_in_text")
    return problems


def _way_out(message: EmailMessage, base_url: str) -> tuple[str, list[str]]:
    fields = message.get_all("List-Unsubscribe", [])
    if len(fields) != 1:
        return "", ["no_header"]
    match = re.fullmatch(rf"<{re.escape(base_url)}/u/([A-Za-z0-9_-]+)>", str(fields[0]).strip())
    if match is None:
        return "", ["bad_header"]
    post = message.get_all("List-Unsubscribe-Post", [])
    one_click = [str(value).strip() for value in post] == ["List-Unsubscribe=One-Click"]
    return match[1], [] if one_click else ["no_one_click"]


def _subject(raw: bytes) -> str:
    """Unfolded and decoded by RFC 2047 alone: the parser's own reading forgives too much."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    match = re.search(
        r"^Subject: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head, re.MULTILINE | re.IGNORECASE
    )
    unfolded = re.sub(r"\r\n(?=[ \t])", "", match[1]) if match else ""
    return str(make_header(decode_header(unfolded)))


def _part(message: EmailMessage, subtype: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}":
            return str(part.get_content())
    return ""


def _encoded_length(raw: bytes) -> int:
    """Bytes of the last part's body, which is the HTML, with its line ends."""
    start = raw.rfind(b"\r\n\r\n") + 4
    end = raw.rfind(b"--=_")
    return max(0, end - start)
