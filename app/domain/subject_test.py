"""Trying two subjects: a share of the readers gets one or the other, the rest the better one.

While an audience is frozen, a reader's part stands in two high bits of the list's mask, so that
parts are grouped, numbered and cut into chunks as lists are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

SHARES = (10, 20, 30, 50)
"""Percentages of the readers that can be tried on."""

HOURS = (1, 2, 4, 8, 24)
"""How long their clicks can be counted."""

_PLACE = 60
"""Above the bits of the candidates, of which there are 40 at most, and below the sign."""


class Letter(StrEnum):
    A = "a"
    B = "b"


class Part(IntEnum):
    """A reader's part in the test."""

    A = 0
    B = 1
    REST = 2


def with_part(mask: int, part: Part) -> int:
    return mask | part << _PLACE


def part_of(coded: int) -> Part:
    return Part(coded >> _PLACE)


def list_of(coded: int) -> int:
    """The mask of the list alone."""
    return coded & (1 << _PLACE) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What one subject came to: mails sent with it, and people's clicks in them."""

    sent: int = 0
    clicks: int = 0


def better(tried: Mapping[Letter, Tried]) -> Letter:
    """The subject with more clicks for each mail sent. A where both are equal: no clicks, or
    nothing sent yet, is no reason to leave the editor's first choice."""
    a, b = tried[Letter.A], tried[Letter.B]
    if not b.sent:
        return Letter.A
    if not a.sent:
        return Letter.B if b.clicks else Letter.A
    return Letter.B if b.clicks * a.sent > a.clicks * b.sent else Letter.A
