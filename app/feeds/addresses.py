"""Where a feed may be fetched from: the URL taken apart, and every address of its host checked.

Whoever may name a feed could otherwise make this server visit its own neighbours. The name is
resolved once and the connection goes to the address that was checked, so a name server that
answers differently the second time changes nothing. Odd spellings (`http://2130706433/`,
`http://0177.1/`) are resolved by the system like any name, and checked as what they mean.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from app.feeds.errors import BadUrl, NameNotFound, PrivateAddress, TimedOut

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL = 2000
_PORTS = {"http": 80, "https": 443}
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\\]")

_USER = re.compile(r"[^/?#]*//[^/?#]*@")

_TUNNELS = (
    ("NAT64", ipaddress.ip_network("64:ff9b::/96")),
    ("NAT64", ipaddress.ip_network("64:ff9b:1::/48")),
    ("6to4", ipaddress.ip_network("2002::/16")),
    ("Teredo", ipaddress.ip_network("2001::/32")),
    ("IPv4-compatible", ipaddress.ip_network("::/96")),
)
"""IPv6 addresses that carry an IPv4 address inside, which a router may unpack."""

_SITE_LOCAL = ipaddress.ip_network("fec0::/10")
"""Given up by RFC 3879, but a network may still use them as private ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A URL taken apart. `host` is in ASCII, an IPv6 address without its brackets.

    `lasting_url` is what to ask for the next time: where redirects that are for good (301, 308)
    have led, before the first one that is not."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    lasting_url: str = ""

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def read_url(text: str) -> Target:
    """The target of an http or https URL, the host in ASCII and the path percent-encoded.

    Raises `BadUrl`: another scheme, a user name or password, no host, control characters.
    """
    if len(text) > MAX_URL:
        raise BadUrl(f"longer than {MAX_URL} characters")
    if _UNFIT.search(text):
        raise BadUrl("it holds spaces, backslashes or invisible characters")
    try:
        parts = parse_url(text)
    except LocationParseError:
        raise BadUrl("it cannot be read as a web address") from None
    scheme = parts.scheme or ""
    if scheme not in _PORTS:
        raise BadUrl("it must begin with http:// or https://")
    if _USER.match(text):
        raise BadUrl("it must not hold a user name or a password")
    host = (parts.host or "").strip("[]").rstrip(".")
    if not host or "%" in host:
        raise BadUrl("it names no host")
    port = _PORTS[scheme] if parts.port is None else parts.port
    if not 1 <= port <= 65535:
        raise BadUrl("its port is out of range")
    target = Target(url="", scheme=scheme, host=host, port=port, path=parts.request_uri)
    url = f"{scheme}://{target.host_header}{target.path}"
    return Target(url=url, scheme=scheme, host=host, port=port, path=target.path)


def resolve(target: Target, *, seconds: float, allow_private: bool) -> list[IpAddress]:
    """Every address of the target's host, in the system's order, each one allowed.

    One forbidden address among them refuses the host. Raises `NameNotFound`, `PrivateAddress`,
    `TimedOut`.
    """
    found = [_unmapped(address) for address in _look_up(target, seconds)]
    for address in found:
        _check(target.host, address, allow_private=allow_private)
    return list(dict.fromkeys(found))


def _look_up(target: Target, seconds: float) -> list[IpAddress]:
    """getaddrinfo cannot be interrupted, so it gets a thread, which is left behind if it hangs.
    Names that are reserved for examples (RFC 6761, 6.4 and 6.5) are not asked for."""
    if target.host.rpartition(".")[2] in ("example", "invalid"):
        raise NameNotFound(target.host)
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answers.put([str(row[4][0]) for row in rows])
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True, name="feed-name").start()
    try:
        answer = answers.get(timeout=max(seconds, 0.01))
    except queue.Empty:
        raise TimedOut("its name server does not answer") from None
    if isinstance(answer, OSError) or not answer:
        raise NameNotFound(target.host)
    return [ipaddress.ip_address(text.partition("%")[0]) for text in answer]


def _unmapped(address: IpAddress) -> IpAddress:
    """An IPv4 address that comes in IPv6 clothes (`::ffff:127.0.0.1`), as what it is."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _check(host: str, address: IpAddress, *, allow_private: bool) -> None:
    kind, may_be_opened = _forbidden(address)
    if not kind or (may_be_opened and allow_private):
        return
    shown = str(address) if host == str(address) else f"{host} ({address})"
    advice = (
        "set ALLOW_PRIVATE_FEEDS=1 if it is meant"
        if may_be_opened
        else "ALLOW_PRIVATE_FEEDS does not open it"
    )
    raise PrivateAddress(f"{shown} is a {kind} address; {advice}")


def _forbidden(address: IpAddress) -> tuple[str, bool]:
    """What kind of forbidden address it is ("" for none), and whether the setting opens it.

    Link-local ones stay closed: the keys of a machine in a cloud are served there.
    """
    if address.is_loopback:
        return "loopback", True
    for name, network in _TUNNELS:
        if address in network:
            return name, False
    if address.is_link_local:
        return "link-local", False
    if address.is_multicast:
        return "multicast", False
    if address in _SITE_LOCAL:
        return "private", True
    if address.is_unspecified or address.is_reserved:
        return "reserved", False
    return ("", False) if address.is_global else ("private", True)
