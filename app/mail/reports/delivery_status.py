"""Delivery status notifications: RFC 3464 (message/delivery-status) and its sister for addresses
beyond ASCII, RFC 6533 (message/global-delivery-status)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.bounce import Failure, ReportKind
from app.mail.reports.parts import Parts, fields

_BLANK = re.compile(r"\n[ \t]*\n+")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_UNKNOWN = re.compile(r"[245]\.0\.0")
_TYPE = re.compile(r"^[\w.-]{1,40}[ \t]*;[ \t]*")
WORDS = 500
"""Characters of a mail server's words that are kept."""

_BLOCKS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Statuses:
    """What a notification says of its addresses, taken together."""

    kind: ReportKind
    failures: Sequence[Failure] = ()


def read_delivery_status(parts: Parts) -> Statuses | None:
    """None where the message holds no such part, or one that says nothing of an address."""
    groups = [
        fields(block)
        for part in parts.of("x-report/delivery-status", "x-report/global-delivery-status")
        for block in _BLANK.split(part.text.strip("\n"))[:_BLOCKS]
    ]
    told = [group for group in groups if "action" in group or "final-recipient" in group]
    kinds = [_action(group) for group in told]
    if not kinds:
        return None
    if ReportKind.ARRIVED in kinds:  # somebody behind this address has got it
        return Statuses(kind=ReportKind.ARRIVED)
    if ReportKind.DELAYED in kinds:
        return Statuses(kind=ReportKind.DELAYED)
    return Statuses(kind=ReportKind.FAILED, failures=[_failure(group, parts) for group in told])


def _action(group: Mapping[str, str]) -> ReportKind:
    """Some servers put a comment behind the word, OpenSMTPD says "error", a few say nothing."""
    action = group.get("action", "").lower()
    if action.startswith("delayed"):
        return ReportKind.DELAYED
    if action.startswith(("delivered", "relayed", "expanded")):
        return ReportKind.ARRIVED
    if not action and group.get("status", "").startswith("2"):
        return ReportKind.ARRIVED
    if not action and group.get("status", "").startswith("4"):
        return ReportKind.DELAYED
    return ReportKind.FAILED


def _failure(group: Mapping[str, str], parts: Parts) -> Failure:
    words = _TYPE.sub("", group.get("diagnostic-code", "")).strip()
    if not words:
        words = say(parts.words())
    return Failure(status=best_status(group.get("status", ""), words), words=words[:WORDS])


def best_status(field: str, words: str) -> str:
    """The code of the field, or that of the words where the field has none or says only "failed"
    (5.0.0); empty where neither has one."""
    given = _STATUS.search(field)
    if given is not None and not _UNKNOWN.fullmatch(given[0]):
        return given[0]
    said = _STATUS.search(words)
    if said is not None:
        return said[0]
    return given[0] if given is not None else ""


def say(text: str) -> str:
    """What a text for people says, on one line and not too long to be kept."""
    return " ".join(text[: 4 * WORDS].split())[:WORDS]
