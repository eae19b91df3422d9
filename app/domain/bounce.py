"""What comes back of a mail after the mail server took it, and what that makes of its reader.

bounce  soft → hard ; soft | hard → complaint      of one delivery: a state is only left for a worse

Reports come late, twice and in any order: whatever is known already, or was overtaken by the
reader's own confirmation, changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class BounceKind(StrEnum):
    """`hard`: the address is dead. `soft`: this mail did not arrive, the next one may. `complaint`:
    it arrived, and the reader called it spam."""

    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"


_WORSE = (BounceKind.SOFT, BounceKind.HARD, BounceKind.COMPLAINT)


class ReportKind(StrEnum):
    """What a message that came back turns out to be."""

    FAILED = "failed"
    COMPLAINT = "complaint"
    DELAYED = "delayed"
    ARRIVED = "arrived"
    AUTO_REPLY = "auto_reply"
    NO_REPORT = "no_report"


class Came(StrEnum):
    """What became of a message that came back. The first three are kept, the others only counted:
    `repeated` is known already, `overtaken` by the reader's later confirmation, `unknown` speaks
    of a mail or reader that is not kept any more, `forged` of none of ours."""

    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"
    REPEATED = "repeated"
    OVERTAKEN = "overtaken"
    UNKNOWN = "unknown"
    FORGED = "forged"
    DELAYED = "delayed"
    ARRIVED = "arrived"
    AUTO_REPLY = "auto_reply"
    NO_REPORT = "no_report"


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a mail did not reach an address. `status` is the enhanced code of RFC 3463 ("5.1.1"),
    empty where the report has none; `words` are the mail server's own."""

    status: str
    words: str


_DEAD = frozenset(
    {
        "5.1.1",  # no such mailbox
        "5.1.2",  # no such domain
        "5.1.3",  # no address at all
        "5.1.6",  # the mailbox has moved, and nobody says where to
        "5.1.10",  # the domain takes no mail (RFC 7505)
        "5.2.1",  # the mailbox is closed
        "5.4.4",  # the domain's server is not to be found
    }
)
"""Codes that speak of the address and of nothing else. All other permanent ones are about the
mailbox being full (5.2.2), the mail, the sender or the way: soft, however final they sound."""

_VAGUE = frozenset({"", "5.0.0", "5.1.0", "5.2.0", "5.3.0", "5.4.0", "5.4.1", "5.5.0", "5.7.1"})
"""Codes that servers give for everything: the words decide."""

_ABOUT_US = re.compile(
    r"spam|block|black ?list|deny ?list|rbl|dnsbl|reputation|polic(?:y|ies)|dmarc|dkim|\bspf\b|"
    r"quota|(?:mail)?box (?:is )?full|too (?:large|big|many)|\brate\b|virus|\bcontent\b|"
    r"relay|authenticat|greylist|timed? ?out|timeout|try again|temporar",
    re.IGNORECASE,
)
_ABOUT_THE_ADDRESS = re.compile(
    r"(?:user|recipient|mailbox|account|address|addressee|local[ -]?part|alias)"
    r"[^\n]{0,60}?(?:unknown|not (?:be )?found|not exist|n[o']t exist|invalid|disabled|inactive|"
    r"closed|suspended|unavailable|deactivated|no longer|not (?:known|valid|listed|local|here))|"
    r"(?:no such|unknown|unrouteable|invalid|bad|non-?existent|inactive|disabled|suspended)"
    r"[^\n]{0,20}?(?:user|recipient|mailbox|account|address|person|local[ -]?part|domain|here)|"
    r"no mailbox here by that name|doesn.t have an? [^\n]{1,40} account|"
    r"does ?n[o']t (?:have|like) (?:such )?(?:a )?(?:user|recipient)|"
    r"recipient address rejected: access denied|host or domain name not found|"
    r"host (?:unknown|not found)|domain (?:does not exist|not found)|not our customer|"
    r"المستخدم غير موجود|العنوان غير موجود|البريد غير موجود|صندوق البريد غير موجود",
    re.IGNORECASE,
)


def judge_failure(failure: Failure) -> BounceKind:
    """Hard only where it is said that the address is dead; in doubt soft, since a reader who is
    wrongly given up does not come back, and one who is not there bounces again."""
    if failure.status in _DEAD:
        return BounceKind.HARD
    if failure.status not in _VAGUE or _ABOUT_US.search(failure.words):
        return BounceKind.SOFT
    return BounceKind.HARD if _ABOUT_THE_ADDRESS.search(failure.words) else BounceKind.SOFT


def judge_failures(failures: Sequence[Failure]) -> tuple[BounceKind, Failure]:
    """Of several addresses behind one (an alias, a list), the mildest counts: as long as one may
    still be reached, the reader's address lives. `failures` is not empty."""
    judged = [(judge_failure(one), one) for one in failures]
    return min(judged, key=lambda pair: _WORSE.index(pair[0]))


def step(was: BounceKind | None, came: BounceKind) -> BounceKind | None:
    """The state that a delivery goes into when a report comes in; None where it stays, be it that
    the report is a repeated one or says less than is known."""
    if was is None or _WORSE.index(came) > _WORSE.index(was):
        return came
    return None


SOFT_BOUNCES = 5
SOFT_SPAN = timedelta(days=7)
SOFT_WINDOW = timedelta(days=45)
"""How far back soft bounces are held against an address."""


def is_given_up(bounced_at: Sequence[datetime], *, mails: int) -> bool:
    """Whether an address has bounced softly so often that it is dead.

    `bounced_at` are the soft bounces within `SOFT_WINDOW`, one a mail; `mails` is how many were
    sent to it since the first of them. At least `SOFT_BOUNCES` of them, spread over `SOFT_SPAN`
    (a mailbox may be full for a holiday), and more than half of the mails: an address that gets
    most of its mail lives.
    """
    if len(bounced_at) < SOFT_BOUNCES or 2 * len(bounced_at) <= mails:
        return False
    return max(bounced_at) - min(bounced_at) >= SOFT_SPAN


def is_overtaken(
    kind: BounceKind, *, sent_at: datetime | None, confirmed_at: datetime | None
) -> bool:
    """Whether the reader confirmed the address after this mail was sent, so that it lives. A
    complaint is never overtaken: who calls a mail spam is asking not to be written to."""
    if kind is BounceKind.COMPLAINT or sent_at is None or confirmed_at is None:
        return False
    return confirmed_at > sent_at


BOUNCED_NOTICE = timedelta(days=30)
"""How long nobody can cause another confirmation mail to an address that one came back from. It
ends by itself: a mistyped address may be somebody's one day."""

MANY_BOUNCES = 2.0
MANY_COMPLAINTS = 0.3
"""Shares, for each hundred mails, from which on mailboxes begin to distrust a sender. (Gmail's and
Yahoo's rules for bulk senders name 0.3 % of complaints.)"""

FEWEST = 5
"""So few say nothing, whatever their share."""

RECENT = timedelta(days=7)
"""How long a campaign's share is news."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Returns:
    """What came back of a campaign: `refused` at once by the mail servers, `hard` and `soft`
    later by mail, and complaints; of `mails` that were taken or refused."""

    mails: int
    refused: int
    hard: int
    soft: int
    complaints: int

    @property
    def bounced(self) -> int:
        """By mail, later."""
        return self.hard + self.soft

    @property
    def undelivered(self) -> int:
        """Refused at once and bounced later together."""
        return self.refused + self.bounced

    @property
    def bounce_rate(self) -> float:
        """For each hundred mails."""
        return 100 * self.undelivered / self.mails if self.mails else 0.0

    @property
    def complaint_rate(self) -> float:
        """For each hundred mails."""
        return 100 * self.complaints / self.mails if self.mails else 0.0

    @property
    def too_many_bounces(self) -> bool:
        return self.undelivered >= FEWEST and self.bounce_rate > MANY_BOUNCES

    @property
    def too_many_complaints(self) -> bool:
        return self.complaints >= FEWEST and self.complaint_rate > MANY_COMPLAINTS
