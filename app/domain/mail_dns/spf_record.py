"""The text of an SPF record taken apart (RFC 7208 section 12)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network

_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_TERM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?::(?P<value>[^/\s]+(?:/\d{1,3})?))?"
    r"(?P<length>(?:/\d{1,2})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_.-]*)=(?P<value>\S*)")
_NEEDS_VALUE = frozenset({"include", "ip4", "ip6", "exists"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A mechanism or a modifier. `qualifier` is empty for a modifier."""

    name: str
    qualifier: str = ""
    value: str = ""


class BadTerm(ValueError):
    """A record that no receiver understands; the text is its first bad term."""


def is_spf(text: str) -> bool:
    return _VERSION.match(text) is not None


def parse_spf(text: str) -> list[Term]:
    """The terms in their order. Raises `BadTerm`."""
    return [_term(word) for word in text.split()[1:]]


def _term(word: str) -> Term:
    modifier = _MODIFIER.fullmatch(word)
    if modifier is not None:
        return Term(name=modifier["name"].lower(), value=modifier["value"])
    found = _TERM.fullmatch(word)
    if found is None:
        raise BadTerm(word)
    name, value = found["name"].lower(), (found["value"] or "") + found["length"]
    if (name in _NEEDS_VALUE and not found["value"]) or (name == "all" and value):
        raise BadTerm(word)
    if name in ("ip4", "ip6"):
        try:
            network = ip_network(value, strict=False)
        except ValueError:
            raise BadTerm(word) from None
        if network.version != int(name[-1]):
            raise BadTerm(word)
    return Term(name=name, qualifier=found["qualifier"] or "+", value=value)
