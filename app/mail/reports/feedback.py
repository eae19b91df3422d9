"""Complaints: the reports of feedback loops in the Abuse Reporting Format (RFC 5965)."""

from __future__ import annotations

import re

from app.domain.bounce import ReportKind
from app.mail.reports.parts import RETURNED, Parts, fields

_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
"""What readers say of a mail. The other types are machines' (virus, auth-failure of RFC 6591) or
take a complaint back (not-spam)."""

_NAMES = 6
_TRACES = re.compile(
    r"^(?:return-path|(?:x-original-)?message-id|original-mail-from)[ \t]*:[ \t\n]*(\S{1,200})",
    re.IGNORECASE | re.MULTILINE,
)


def read_feedback(parts: Parts) -> ReportKind | None:
    """Whether it is a complaint; None where the message holds no such report."""
    for part in parts.of("x-report/feedback-report"):
        said = fields(part.text.strip("\n")).get("feedback-type", "").lower()
        return ReportKind.COMPLAINT if said in _COMPLAINTS else ReportKind.NO_REPORT
    return None


def names_of_the_mail(parts: Parts) -> tuple[str, ...]:
    """What the report says the mail was called: its envelope sender and its Message-ID, as they
    stand there. A feedback loop writes to one address of ours for all mails, so that only these
    tell which it is; they are signed, and believed only as far as that."""
    texts = [part.text for part in parts.of("x-report/feedback-report")]
    texts += [part.text.partition("\n\n")[0] for part in parts.of(*RETURNED)]
    found = [match[1].strip("<>,;") for text in texts for match in _TRACES.finditer(text)]
    return tuple(dict.fromkeys(found))[:_NAMES]
