"""Where the mail server is and how it is spoken to: SMTP_URL, taken apart."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit


class Security(StrEnum):
    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


_PORTS = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """`verify` is whether the certificate must be valid for `host`; `user` empty means no login."""

    security: Security
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    verify: bool = True

    @classmethod
    def parse(cls, url: str) -> Relay:
        """Reads `smtps://user:password@host:465`, user and password percent-encoded.

        `?verify=no` turns the check of the certificate off. Raises ValueError."""
        parts = urlsplit(url)
        security = Security(parts.scheme)
        if not parts.hostname:
            raise ValueError("no host")
        return cls(
            security=security,
            host=parts.hostname,
            port=parts.port or _PORTS[security],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            verify=parse_qs(parts.query).get("verify") != ["no"],
        )

    def tls_context(self) -> ssl.SSLContext:
        """The system's authorities (or those of SSL_CERT_FILE), unless `verify` is off."""
        context = ssl.create_default_context()
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
