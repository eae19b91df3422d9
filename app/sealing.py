"""Seals what must be read again and must not lie open in the database, such as the secret of an
authenticator app, with a key that is derived from SECRET_KEY. Keys in SECRET_KEY_FALLBACKS still
open what they sealed."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.config import Settings


class BrokenSeal(Exception):
    """It was sealed with a key that is not known here, or was changed."""


class Seal:
    """The seal of one installation. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._fernet = MultiFernet([Fernet(_derive(key)) for key in settings.secret_keys])

    def close(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Raises `BrokenSeal`."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise BrokenSeal from None


def _derive(key: str) -> bytes:
    return urlsafe_b64encode(hmac.digest(key.encode(), b"nashra seal", "sha256"))
