"""A segment: which readers are meant, as a filter of what is known about them. It is the language
of the readers' list, of bulk actions and of audiences; `store.segments` makes it a condition.

An empty filter means every reader. All parts that are given must hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.subscription import MAX_TOPICS, Cadence, SubscriberState

MAX_NAMED = 50
"""Zones, domains or languages that one segment may name."""

MAX_DAYS = 3660
"""Days that a segment may look back."""

MAX_ADDRESS = 254
MAX_ZONE = 64
FIRST_YEAR, LAST_YEAR = 1970, 9000
"""What a date must lie between to be one that somebody meant."""

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class Match(StrEnum):
    """Whether one of the topics is enough. Who follows everything follows each of them."""

    ANY = "any"
    ALL = "all"


class Engagement(StrEnum):
    """What our mails came to in the last `engaged_days` days."""

    NEW = "new"
    SERVED = "served"
    UNSERVED = "unserved"
    REFUSED = "refused"


class InvalidSegment(Exception):
    """No filter can be read from this. `field` is the part at fault, `code` is stable: unknown,
    too_many, bad_domain, bad_day, bad_days, order, malformed."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """`topics` is a mask, 0 for no matter which; an empty tuple leaves that part open. `zones`
    are IANA names, "" being that of readers whose zone is not known. `joined_from` and
    `joined_to` are days of the site, both included. `address` is how the address begins.

    Raises `InvalidSegment`.
    """

    topics: int = 0
    match: Match = Match.ANY
    cadences: tuple[Cadence, ...] = ()
    states: tuple[SubscriberState, ...] = ()
    joined_from: date | None = None
    joined_to: date | None = None
    zones: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    engagement: Engagement | None = None
    engaged_days: int = 0
    address: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.topics < 1 << MAX_TOPICS:
            raise InvalidSegment("topics", "unknown")
        _check_names(self)
        _check_days(self)
        if len(self.address) > MAX_ADDRESS or not self.address.isprintable():
            raise InvalidSegment("address", "malformed")


def _check_names(segment: Segment) -> None:
    for name in ("zones", "domains", "languages"):
        if len(getattr(segment, name)) > MAX_NAMED:
            raise InvalidSegment(name, "too_many")
    if not all(_DOMAIN.fullmatch(domain) for domain in segment.domains):
        raise InvalidSegment("domains", "bad_domain")
    if not all(zone.isprintable() and len(zone) <= MAX_ZONE for zone in segment.zones):
        raise InvalidSegment("zones", "unknown")


def _check_days(segment: Segment) -> None:
    for name in ("joined_from", "joined_to"):
        day = getattr(segment, name)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidSegment(name, "bad_day")
    if segment.joined_from and segment.joined_to and segment.joined_from > segment.joined_to:
        raise InvalidSegment("joined_to", "order")
    if segment.engagement is not None and not 1 <= segment.engaged_days <= MAX_DAYS:
        raise InvalidSegment("engaged_days", "bad_days")
    if segment.engagement is None and segment.engaged_days:
        raise InvalidSegment("engagement", "unknown")


EVERYBODY = Segment()


def domain_key(text: str) -> str:
    """A mail domain as addresses keep it: small letters, the A-label, without "@" before it.
    Raises `InvalidSegment`."""
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("@").casefold()
    try:
        key = text.encode("idna").decode()
    except UnicodeError:
        raise InvalidSegment("domains", "bad_domain") from None
    if not _DOMAIN.fullmatch(key):
        raise InvalidSegment("domains", "bad_domain")
    return key


def to_json(segment: Segment) -> dict[str, Any]:
    """What a row keeps of it: only the parts that say something."""
    kept: dict[str, Any] = {}
    for part in fields(segment):
        value = getattr(segment, part.name)
        if value == part.default:
            continue
        if isinstance(value, tuple):
            kept[part.name] = [str(one) for one in value]
        else:
            kept[part.name] = value.isoformat() if isinstance(value, date) else value
    return kept


def from_json(kept: Mapping[str, Any]) -> Segment:
    """The filter of a row. Raises `InvalidSegment` for whatever is not understood: a part that
    was passed over would reach more readers than were meant."""
    known = {part.name for part in fields(Segment)}
    if unknown := sorted(set(kept) - known):
        raise InvalidSegment(unknown[0], "unknown")
    read = dict(kept)
    try:
        if "match" in read:
            read["match"] = Match(read["match"])
        if "engagement" in read:
            read["engagement"] = Engagement(read["engagement"])
        if "cadences" in read:
            read["cadences"] = tuple(Cadence(one) for one in read["cadences"])
        if "states" in read:
            read["states"] = tuple(SubscriberState(one) for one in read["states"])
        for name in {"zones", "domains", "languages"} & set(read):
            read[name] = tuple(str(one) for one in read[name])
        for name in {"joined_from", "joined_to"} & set(read):
            read[name] = date.fromisoformat(read[name])
        return Segment(**read)
    except (TypeError, ValueError) as error:
        raise InvalidSegment("filter", "malformed") from error
