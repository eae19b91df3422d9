"""The second step of a login: codes of an app on a phone, and recovery codes on paper.

An app shows a code for half a minute (RFC 6238, as every authenticator app does it); the one
before and the one after are taken as well, since clocks differ. Each is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import datetime

from pyotp import TOTP, random_base32

STEP_SECONDS = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another on paper."""

_GROUPS, _GROUP_LENGTH = 4, 4
_DIGITS = 6


def new_secret() -> str:
    """160 random bits in base32, as apps take them."""
    return random_base32()


def setup_uri(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says (otpauth, Google's key URI format)."""
    return TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """The half minute that a typed code belongs to, if it is a code of this secret about now."""
    code = plain(typed)
    if not secret or not re.fullmatch(rf"[0-9]{{{_DIGITS}}}", code):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    matching = None
    for step in range(max(0, present - 1), present + 2):
        if hmac.compare_digest(TOTP(secret).generate_otp(step), code):
            matching = step
    return matching


def new_recovery_codes() -> tuple[str, ...]:
    """Codes of 79 random bits each, in groups that can be copied by hand."""
    return tuple(
        "-".join(
            "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    )


def recovery_hash(typed: str) -> bytes:
    """What is kept of a recovery code: so many random bits need nothing slower than SHA-256."""
    return hashlib.sha256(plain(typed).encode()).digest()


def plain(typed: str) -> str:
    """What was meant: small letters and European digits, without spaces and hyphens. A keyboard
    may write Arabic digits."""
    read = (unicodedata.decimal(one, None) for one in typed)
    joined = "".join(
        one if value is None else str(value) for one, value in zip(typed, read, strict=True)
    )
    return re.sub(r"[\W_]", "", joined).casefold()
