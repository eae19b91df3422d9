"""The signs of life of the house: what was seen at one moment, and the form of a verdict on it.

`app.domain.health` judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.bounce import Returns

BULK, CONTENT, TRANSACTIONAL = "bulk", "content", "transactional"
QUEUES = (BULK, CONTENT, TRANSACTIONAL)


class Part(StrEnum):
    CLOCK = "clock"
    WORKERS = "workers"
    QUEUE = "queue"
    RELAY = "relay"
    DELIVERIES = "deliveries"
    NOTICES = "notices"
    FEEDS = "feeds"
    JOBS = "jobs"
    DISK = "disk"
    DNS = "dns"
    BOUNCES = "bounces"


class Level(StrEnum):
    """In falling order of trouble."""

    BAD = "bad"
    WARN = "warn"
    GOOD = "good"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A worker or a clock, when it was last heard of, which queues it serves, and the bytes free
    on its disk (None: it did not say)."""

    name: str
    at: datetime
    queues: tuple[str, ...] = ()
    free: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Late:
    """The notice that has been due for the longest; `reply` are the mail server's last words."""

    due: datetime
    attempt: int = 0
    reply: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The last look at DNS, or the last test of the mail server."""

    at: datetime
    level: Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """A campaign of late, and what came back of it."""

    title: str
    returns: Returns


@dataclass(frozen=True, kw_only=True, slots=True)
class Vitals:
    """What was seen at one moment. `queues` is None when Redis cannot be reached; `local_mail`
    is whether mails go to the mailbox of this machine, which needs no DNS; `mail_taken` is when the
    mail server last took a notice. `doors` are the processes that take in mails that come back,
    `returned` the campaigns of late, newest first. `jobs` are those under way, `job_free_since` is
    since when no worker has had one of them (later than now: all are in hands), `jobs_failed`
    counts those of the last day."""

    clocks: Sequence[Heard] = ()
    workers: Sequence[Heard] = ()
    queues: Mapping[str, int] | None = field(default_factory=dict)
    troubles: Sequence[str] = ()
    delivery_due: datetime | None = None
    in_hands: int = 0
    notice: Late | None = None
    feeds: int = 0
    feeds_failing: int = 0
    jobs: int = 0
    job_free_since: datetime | None = None
    jobs_failed: int = 0
    dns: Checked | None = None
    mail_test: Checked | None = None
    mail_taken: datetime | None = None
    local_mail: bool = False
    doors: Sequence[Heard] = ()
    last_report: datetime | None = None
    returned: Sequence[Returned] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`at` is the moment that the words may name; `count` and `text` fill them."""

    part: Part
    level: Level
    code: str
    at: datetime | None = None
    count: int = 0
    text: str = ""
