"""Asks the name servers, for the check of the sending domain: those of DNS_SERVERS, else those
of the machine. Nothing but DNS is spoken, and nothing else is asked than names that the check
needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from app.config import Settings
from app.domain.mail_dns.findings import Answer

PATIENCE = 3.0
"""Seconds that one name may take."""

WHOLE = 15.0
"""Seconds for all names of a check: after them nothing more is asked, so that a page whose name
servers are away still comes."""

_NOTHING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)
_TYPES = dns.rdatatype


class Resolver:
    """A `Lookup` for one check, which begins now. Every name is asked once."""

    def __init__(
        self, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._resolver = dns.resolver.Resolver(configure=not settings.dns_servers)
        if settings.dns_servers:
            self._resolver.nameservers = [
                dns.nameserver.Do53Nameserver(host, port) for host, port in settings.dns_servers
            ]
        self._resolver.timeout = PATIENCE / 2
        self._monotonic = monotonic
        self._until = monotonic() + WHOLE
        self._known: dict[tuple[str, str], tuple[object, ...] | None] = {}

    def txt(self, name: str) -> Answer:
        return _answer(self._ask(name, "TXT"), _text)

    def addresses(self, name: str) -> Answer:
        four, six = self._ask(name, "A"), self._ask(name, "AAAA")
        if four is None or six is None:
            return Answer(answered=False)
        return Answer(values=tuple(str(value) for value in (*four, *six)))

    def mx(self, name: str) -> Answer:
        found = self._ask(name, "MX")
        if found is None:
            return Answer(answered=False)
        hosts = [value for value in found if isinstance(value, MX)]
        hosts.sort(key=lambda value: value.preference)
        return Answer(values=tuple(_host(value.exchange) for value in hosts))

    def pointer(self, address: str) -> Answer:
        name = dns.reversename.from_address(address).to_text(omit_final_dot=True)
        return _answer(self._ask(name, "PTR"), lambda value: str(value).rstrip("."))

    def _ask(self, name: str, kind: str) -> tuple[object, ...] | None:
        """What stands at a name, nothing for a name that is none; None when nobody said."""
        if (name, kind) not in self._known:
            self._known[name, kind] = self._ask_now(name, kind)
        return self._known[name, kind]

    def _ask_now(self, name: str, kind: str) -> tuple[object, ...] | None:
        left = self._until - self._monotonic()
        if left <= 0:
            return None
        try:
            found = self._resolver.resolve(name, kind, search=False, lifetime=min(PATIENCE, left))
        except _NOTHING:
            return ()
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            return ()
        except (dns.exception.DNSException, OSError):
            return None
        return tuple(found)


def _answer(found: Iterable[object] | None, shown: Callable[[object], str]) -> Answer:
    if found is None:
        return Answer(answered=False)
    return Answer(values=tuple(sorted(shown(value) for value in found)))


def _text(value: object) -> str:
    assert isinstance(value, TXT)
    return b"".join(value.strings).decode("utf-8", "replace")


def _host(name: dns.name.Name) -> str:
    return "." if name == dns.name.root else name.to_text(omit_final_dot=True)
