"""A reader's mail address: what is accepted, how it is kept, and by what it is recognised."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

MAX_LENGTH = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""

MAX_LOCAL_OCTETS = 64
"""RFC 5321, 4.5.3.1.1; in UTF-8 for an internationalised one (RFC 6531, 3.3)."""


class InvalidAddress(Exception):
    """The text is no address that can be written to. `code` is stable: empty, too_long,
    control_characters, malformed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """`email` is as typed (NFC, the domain as A-label); `key` is what makes it unique: the same
    casefolded. Dots and +tags stay: they may be another mailbox."""

    email: str
    key: str

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


def parse_address(text: str) -> Address:
    """Reads what a reader typed. White space around it is forgiven, nothing else is.

    Raises `InvalidAddress`. Does not ask the DNS: a domain may be away for an hour.
    """
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise InvalidAddress("empty")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") for c in text):
        raise InvalidAddress("control_characters")
    if len(text.encode()) > MAX_LENGTH:
        raise InvalidAddress("too_long")
    try:
        valid = validate_email(text, check_deliverability=False, strict=True, test_environment=True)
    except EmailSyntaxError as error:
        long = "too long" in str(error)
        raise InvalidAddress("too_long" if long else "malformed") from None
    except EmailNotValidError:
        raise InvalidAddress("malformed") from None
    if len(valid.local_part.encode()) > MAX_LOCAL_OCTETS:
        raise InvalidAddress("too_long")
    email = f"{valid.local_part}@{valid.ascii_domain}"
    return Address(email=email, key=unicodedata.normalize("NFC", email.casefold()))
