"""The origin of a web site (RFC 6454): scheme, host and port, as a browser writes it."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import urlsplit

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_USUAL_PORT = {"http": 80, "https": 443}


class InvalidOrigin(Exception):
    """No web site is named. `code` is "not_an_address" or "has_stars"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_origin(text: str) -> str:
    """The origin of what was typed: a host, an origin, or the address of a page there. Without a
    scheme it is https.

    The result holds no character that could end a header or a policy. Raises `InvalidOrigin`.
    """
    text = text.strip()
    if "*" in text:
        raise InvalidOrigin("has_stars")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise InvalidOrigin("not_an_address") from None
    if parts.scheme not in _USUAL_PORT or "@" in parts.netloc:
        raise InvalidOrigin("not_an_address")
    shown = _host(host)
    usual = port is None or port == _USUAL_PORT[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if usual else f":{port}")


def _host(host: str) -> str:
    if ":" in host:
        try:
            return f"[{IPv6Address(host).compressed}]"
        except AddressValueError:
            raise InvalidOrigin("not_an_address") from None
    try:
        name = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise InvalidOrigin("not_an_address") from None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidOrigin("not_an_address")
    if len(labels) == 1 and name != "localhost":
        raise InvalidOrigin("not_an_address")
    return name
