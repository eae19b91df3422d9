"""Reads one message that came back: a bounce, a complaint, or neither.

The standards first (RFC 3464, 6533, 5965), then the old formats. Answers that a machine gives for
somebody who is away are no bounces; they are told by RFC 3834 and by the habits before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.bounce import Failure, ReportKind
from app.mail.reports.delivery_status import Statuses, read_delivery_status
from app.mail.reports.feedback import names_of_the_mail, read_feedback
from app.mail.reports.old_formats import read_old_format
from app.mail.reports.parts import Parts

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|postmaster|mail delivery (?:sub)?system|mail administrator", re.IGNORECASE
)
_AWAY = re.compile(
    r"out of (?:the )?office|away from (?:the|my) (?:office|mail)|vacation|"
    r"auto(?:matic)?[- ]?reply|"
    r"خارج المكتب|رد تلقائي|الرد التلقائي|في إجازة",
    re.IGNORECASE,
)
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From", "X-Mail-Autoreply")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """`failures` is filled for `FAILED`; `names` are what the mail is called in it (its envelope
    sender, its Message-ID), for those who can tell whether we wrote them."""

    kind: ReportKind
    failures: Sequence[Failure] = ()
    names: Sequence[str] = ()


def read_report(data: bytes) -> Report:
    """What a message says. Never raises for any bytes; looks at no more than a bounded piece."""
    parts = Parts(data)
    complaint = read_feedback(parts)
    if complaint is not None:
        return Report(kind=complaint, names=names_of_the_mail(parts))
    statuses = read_delivery_status(parts)
    if statuses is None and _is_auto_reply(parts):
        return Report(kind=ReportKind.AUTO_REPLY)
    statuses = statuses or read_old_format(parts) or Statuses(kind=ReportKind.NO_REPORT)
    return Report(kind=statuses.kind, failures=tuple(statuses.failures))


def _is_auto_reply(parts: Parts) -> bool:
    """Mail servers mark their old bounces as automatic too: what a daemon writes is none."""
    if parts.has("X-Failed-Recipients") or _DAEMON.search(parts.header("From")):
        return False
    automatic = parts.header("Auto-Submitted").lower()
    if automatic and not automatic.startswith("no"):
        return True
    if parts.header("Precedence").lower() == "auto_reply" or any(map(parts.has, _MARKS)):
        return True
    return _AWAY.search(parts.decoded("Subject")) is not None
