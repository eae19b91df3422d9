"""What was asked of DNS, what came back, and what is thought of it.

Whoever checks is handed a `Lookup`; a finding is a level and a stable code with one value, whose
words belong to whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from app.domain.vitals import Level

UNANSWERED = "unanswered"
"""The note of what no name server told anything about."""


class Record(StrEnum):
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MX = "mx"
    PTR = "ptr"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`values` are what stands at the name, none where nothing does. `answered` is False when no
    name server said anything, so that nothing is known."""

    values: tuple[str, ...] = ()
    answered: bool = True


class Lookup(Protocol):
    """Names without a final dot; every answer in text. None of these raises."""

    def txt(self, name: str) -> Answer:
        """The text records, the strings of each joined."""

    def addresses(self, name: str) -> Answer:
        """The IPv4 and IPv6 addresses of a host."""

    def mx(self, name: str) -> Answer:
        """The hosts that take mail, the most preferred first; "." for a null MX."""

    def pointer(self, address: str) -> Answer:
        """The host names of an address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """One thing that is right or wrong about a record."""

    level: Level
    code: str
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Publish:
    """A record to be published, ready to be copied."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What was found at a name, the notes about it, and what to publish in its place."""

    record: Record
    name: str
    found: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    publish: Publish | None = None

    @property
    def level(self) -> Level:
        return worst_of([note.level for note in self.notes])


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who sends: the domain of From, the domain that bounces come back to (that of the
    envelope), and the mail server's public addresses and name (none where it is this machine or
    one of a private network)."""

    domain: str
    bounce_domain: str
    relay: str = ""
    relay_addresses: tuple[str, ...] = ()
    selectors: tuple[str, ...] = field(default=())


_ORDER = (Level.BAD, Level.WARN, Level.GOOD)


def worst_of(levels: Sequence[Level]) -> Level:
    return min(levels, key=_ORDER.index, default=Level.GOOD)


def unanswered(record: Record, name: str) -> Check:
    """For a name that no server told anything about."""
    return Check(record=record, name=name, notes=(Note(level=Level.WARN, code=UNANSWERED),))


def tags_of(text: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record (RFC 6376 section 3.2): `v=DKIM1; p=...`.

    Raises `ValueError` with the part that is no tag, or comes twice."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, separator, value = part.partition("=")
        name = name.strip().lower()
        if not separator or not name or name in tags:
            raise ValueError(part.strip())
        tags[name] = value.strip()
    return tags


def as_json(check: Check) -> dict[str, Any]:
    """The check as it is kept."""
    publish = check.publish
    return {
        "record": check.record.value,
        "name": check.name,
        "found": list(check.found),
        "notes": [[note.level.value, note.code, note.value] for note in check.notes],
        "publish": [publish.name, publish.type, publish.value] if publish else None,
    }


def from_json(kept: Mapping[str, Any]) -> Check:
    """The check that `as_json` was made of."""
    publish = kept["publish"]
    return Check(
        record=Record(kept["record"]),
        name=kept["name"],
        found=tuple(kept["found"]),
        notes=tuple(
            Note(level=Level(level), code=code, value=value) for level, code, value in kept["notes"]
        ),
        publish=Publish(name=publish[0], type=publish[1], value=publish[2]) if publish else None,
    )
