"""The preflight's results: what was looked at in a campaign's mails, and what it means.

`app.mail.inspect` finds the facts, `preflight_rules` judges them, the use case keeps the findings
of one run as a `preflight_run`. An error stops the sending; a warning can be accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

FRESH = timedelta(hours=1)
"""How long a run says something about the world outside: links die."""


class Severity(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Check(StrEnum):
    """What is looked at, in the order of the list that an editor sees."""

    AUDIENCE = "audience"
    NEWS = "news"
    SUBJECT = "subject"
    PREHEADER = "preheader"
    SIZE = "size"
    LINKS = "links"
    IMAGES = "images"
    TEXT = "text"
    CONTRAST = "contrast"
    UNSUBSCRIBE = "unsubscribe"
    SPAM_WORDS = "spam_words"
    SPAM_SCORE = "spam_score"


class RunState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the list. `code` is stable and is what gets words; `numbers` fill them;
    `examples` are addresses or texts that it is about, a few of them."""

    check: Check
    code: str
    severity: Severity
    numbers: Mapping[str, int | float] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.check.value,
            "code": self.code,
            "severity": self.severity.value,
            "numbers": dict(self.numbers),
            "examples": list(self.examples),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Finding:
        return cls(
            check=Check(value["check"]),
            code=value["code"],
            severity=Severity(value["severity"]),
            numbers=value["numbers"],
            examples=tuple(value["examples"]),
        )


EMPTY_CODES = frozenset({"nothing_new", "too_few", "nobody"})
"""Warnings that need no acceptance: nothing would go out, and the campaign is skipped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """All findings of one run."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return self._of(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return self._of(Severity.WARNING)

    @property
    def is_empty(self) -> bool:
        """Whether there was no mail to look at."""
        return any(finding.code in EMPTY_CODES for finding in self.findings)

    @property
    def needs_acceptance(self) -> bool:
        return any(finding.code not in EMPTY_CODES for finding in self.warnings)

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is severity)

    def as_json(self) -> list[dict[str, Any]]:
        return [finding.as_json() for finding in self.findings]

    @classmethod
    def from_json(cls, value: Iterable[Mapping[str, Any]]) -> Checklist:
        return cls(findings=tuple(Finding.from_json(one) for one in value))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the checks; of one check, the worst first."""
    checks, severities = list(Check), [Severity.ERROR, Severity.WARNING, Severity.OK]
    return tuple(
        sorted(findings, key=lambda f: (checks.index(f.check), severities.index(f.severity)))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFacts:
    """One picture in a mail. `alt` is None where the attribute is missing."""

    url: str
    alt: str | None
    has_size: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A run of visible text, with the contrast it has on what is behind it."""

    text: str
    ratio: float


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFacts:
    """What one mail is, as it would leave: sizes in bytes, the encoded one that of its HTML part
    on the wire. `words` counts the visible characters of the HTML; `unsubscribe` are the codes of
    what is wrong with the way out."""

    language: str
    subject: str
    preheader: str
    text: str
    words: int
    html_bytes: int
    encoded_bytes: int
    links: tuple[str, ...]
    images: tuple[ImageFacts, ...]
    passages: tuple[Passage, ...]
    unsubscribe: tuple[str, ...]
    spam_in_subject: tuple[str, ...]
    spam_in_words: tuple[str, ...]
    shouts: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressFacts:
    """How the addresses of links and pictures answered: the code of each trouble, "" for none.
    Those that are missing were left out, for time or number; with `tried` false nothing was
    asked at all, as the installation is set. Of `uncopied`, pictures in the newsroom, there is no
    copy of ours, so the mails are without them."""

    tried: bool
    troubles: Mapping[str, str]
    uncopied: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AudienceFacts:
    """Who would get it: `readers` get something, `None` where that is not counted; `had` get
    nothing, having had it all. `candidates` are the articles that may go out, `stale` of them
    were sent already to everybody they are for; fewer than `least` are not sent. Of `variants`
    lists, `looked_at` were rendered and looked at."""

    is_own_text: bool
    readers: int | None
    had: int
    variants: int
    looked_at: int
    candidates: int
    stale: int
    least: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreFacts:
    """SpamAssassin's score and rules, or the code of why there is none."""

    score: float = 0.0
    rules: tuple[str, ...] = ()
    missing: str = ""
