"""One change that many readers are given at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.subscription import MAX_TOPICS, Cadence

MAX_CHOSEN = 500
"""Readers that may be chosen one by one; more are meant by a filter."""


class Deed(StrEnum):
    """Only active readers are changed. Who follows everything follows an added topic already; who
    follows only the removed one keeps it, since following none would mean following all."""

    UNSUBSCRIBE = "unsubscribe"
    ADD_TOPIC = "add_topic"
    REMOVE_TOPIC = "remove_topic"
    CHANGE_CADENCE = "change_cadence"


class InvalidChange(Exception):
    """It cannot be done so. `code` is stable: needs_topic, needs_cadence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is done; `bit` is the topic's, for the deeds about one. Raises `InvalidChange`."""

    deed: Deed
    bit: int | None = None
    cadence: Cadence | None = None

    def __post_init__(self) -> None:
        about_topic = self.deed in (Deed.ADD_TOPIC, Deed.REMOVE_TOPIC)
        if about_topic != (self.bit is not None) or not 0 <= (self.bit or 0) < MAX_TOPICS:
            raise InvalidChange("needs_topic")
        if (self.deed is Deed.CHANGE_CADENCE) != (self.cadence is not None):
            raise InvalidChange("needs_cadence")


def change_to_json(change: Change) -> dict[str, Any]:
    """What a job keeps of it."""
    return {"deed": change.deed.value, "bit": change.bit, "cadence": change.cadence}


def change_from_json(kept: Mapping[str, Any]) -> Change:
    """The change that a job keeps."""
    cadence = kept["cadence"]
    return Change(
        deed=Deed(kept["deed"]), bit=kept["bit"], cadence=Cadence(cadence) if cadence else None
    )
