"""Brings in readers who have agreed elsewhere: a file at once, or the lines of it that a job has
come to.

An import only adds, and importing again adds nothing (`store.incoming` decides).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.links import Links
from app.store.incoming import Consent, Fate, Incoming, add_readers
from app.store.tables import Topic
from app.usecases.consent import Wording
from app.usecases.former_topics import aliases
from app.usecases.subscriber_csv import Rejected, Row, SubscriberFile

PLACE = "import"
REPORTED = 100
"""Refused lines that are reported one by one; the rest are counted."""

BATCH = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of the lines: every one of them is counted once."""

    added: int
    known: int
    suppressed: int
    unsubscribed: int
    rejected: int
    rows: list[Rejected]
    ignored_columns: list[str]
    encoding: str

    @property
    def read(self) -> int:
        """The lines that could be read."""
        return self.added + self.known + self.suppressed + self.unsubscribed


@dataclass(slots=True)
class _Refusals:
    count: int = 0
    first: list[Rejected] = field(default_factory=list)

    def add(self, one: Rejected) -> None:
        self.count += 1
        if self.count <= REPORTED:
            self.first.append(one)


def import_subscribers(
    session: Session,
    links: Links,
    *,
    now: datetime,
    file: BinaryIO,
    wording: Wording,
    language: str,
) -> Imported:
    """Adds the file's readers as active ones, each with an `imported` event of this consent.

    Raises `UnreadableFile`. The caller commits; nothing is added before. May be repeated.
    """
    lines = SubscriberFile(file, topics=[*session.scalars(select(Topic)), *aliases(session)])
    refusals = _Refusals()
    consent = Consent(wording=wording.text, version=wording.version, place=PLACE)
    fates: Counter[Fate] = Counter()
    met: set[str] = set()

    def seen(keys: Sequence[str]) -> list[bool]:
        told = []
        for key in keys:
            told.append(key in met)
            met.add(key)
        return told

    accepted = _accepted(lines, refusals)
    while batch := list(islice(accepted, BATCH)):
        incoming = incoming_of(batch, links, language=language, again=seen)
        fates.update(add_readers(session, incoming, now=now, consent=consent).values())
    return Imported(
        added=fates[Fate.ADDED],
        known=fates[Fate.KNOWN] + fates[Fate.REPEATED],
        suppressed=fates[Fate.SUPPRESSED],
        unsubscribed=fates[Fate.UNSUBSCRIBED],
        rejected=refusals.count,
        rows=refusals.first,
        ignored_columns=lines.ignored,
        encoding=lines.plan.encoding,
    )


def incoming_of(
    rows: Sequence[Row],
    links: Links,
    *,
    language: str,
    again: Callable[[Sequence[str]], list[bool]],
) -> list[Incoming]:
    """The rows as the store takes them; `again` tells which addresses were met before."""
    met = again([row.address.key for row in rows])
    return [
        Incoming(
            line=row.line,
            email=row.address.email,
            email_key=row.address.key,
            name=row.name,
            topic_mask=row.topic_mask,
            cadence=row.cadence,
            timezone=row.timezone,
            language=row.language or language,
            again=before,
            hmacs=links.address_hmacs(row.address.key),
        )
        for row, before in zip(rows, met, strict=True)
    ]


def _accepted(lines: Iterable[Row | Rejected], refusals: _Refusals) -> Iterator[Row]:
    for one in lines:
        if isinstance(one, Rejected):
            refusals.add(one)
        else:
            yield one
