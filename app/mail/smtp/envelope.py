"""MAIL and RCPT lines, and the addresses that cannot stand in them."""

from __future__ import annotations

import re

from app.mail.transport import Message

_FORBIDDEN = re.compile(r"[\x00-\x20<>\x7f-\xa0\u2028\u2029]")


def envelope_problem(message: Message, *, smtputf8: bool) -> str:
    """Why this message cannot be sent over such a connection; empty when it can."""
    if _FORBIDDEN.search(message.sender) or _FORBIDDEN.search(message.recipient):
        return "An address holds a character that no envelope may carry."
    if not smtputf8 and not (message.sender.isascii() and message.recipient.isascii()):
        return "The address is not ASCII, and the mail server does not offer SMTPUTF8."
    return ""


def envelope_lines(message: Message) -> tuple[bytes, bytes]:
    """MAIL and RCPT. SMTPUTF8 (RFC 6531) is asked for only where an address needs it."""
    extra = "" if message.sender.isascii() and message.recipient.isascii() else " SMTPUTF8"
    mail = f"MAIL FROM:<{message.sender}>{extra}\r\n"
    return mail.encode(), f"RCPT TO:<{message.recipient}>\r\n".encode()
