"""The steps of a check of an import and of the import itself: a thousand lines each, by the same
rules, so that the check foretells what the import does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.job import JobFile, JobKind, JobState
from app.store.incoming import (
    Consent,
    Fate,
    Incoming,
    add_readers,
    foresee,
    forget_met,
    met_before,
)
from app.store.jobs import add_part, drop_parts
from app.store.tables import Job, Topic
from app.usecases.former_topics import aliases
from app.usecases.import_subscribers import PLACE, incoming_of
from app.usecases.job_tools import Tools
from app.usecases.manage_jobs import JobConflict, add_job
from app.usecases.subscriber_csv import LineReader, Rejected, Row, plan_from_json
from app.usecases.upload_readers import LINES_A_PART, import_of, lines_of

REFUSED = "refused"
"""In a report, beside the fates of the lines that can be read."""

SHOWN = 50
"""Lines that are shown on the page; all of them are in the file of refused ones."""

WORDING_VERSION = "import"

_LISTED = (Fate.REPEATED, Fate.UNSUBSCRIBED, Fate.SUPPRESSED)
"""Lines that are told of one by one although they can be read."""

_Told = tuple[int, str, str]


def start_check(session: Session, job: Job) -> Job:
    """Has a draft looked through from its first line. Raises `JobConflict`."""
    if job.state is not JobState.DRAFT:
        raise JobConflict(job)
    plan = plan_from_json(job.facts["plan"])
    drop_parts(session, job.id, JobFile.REFUSED)
    forget_met(session, job.id)
    job.facts = {**job.facts, "part": 0}
    job.total = job.facts["lines"] - (1 if plan.header else 0)
    job.state, job.done, job.report, job.tries = JobState.WAITING, 0, {}, 0
    job.leased_until = session.scalar(select(func.clock_timestamp()))
    session.flush()
    return job


def ask_for_import(
    session: Session, *, now: datetime, staff_id: int | None, check_id: int, consent: str
) -> Job:
    """The import of a file that was checked, with what its readers agreed to. Of two who press at
    once, both get the same one. Raises `JobConflict` for a check that has not ended well."""
    check = session.get_one(Job, check_id, with_for_update=True, populate_existing=True)
    if (known := import_of(session, check_id)) is not None:
        return known
    if check.kind is not JobKind.CHECK_IMPORT or check.state is not JobState.DONE:
        raise JobConflict(check)
    job = add_job(
        session,
        now=now,
        kind=JobKind.IMPORT,
        staff_id=staff_id,
        of_id=check_id,
        facts={
            "name": check.facts["name"],
            "lines": check.facts["lines"],
            "breaks": check.facts.get("breaks", False),
            "plan": check.facts["plan"],
            "consent": consent,
            "upload": check_id,
            "part": 0,
        },
    )
    job.total = check.total
    return job


def check_some(session: Session, job: Job, tools: Tools) -> bool:
    """Foretells what would become of the next lines."""
    return _step(session, job, tools, upload=job.id)


def import_some(session: Session, job: Job, tools: Tools) -> bool:
    """Brings the next lines in."""
    return _step(session, job, tools, upload=job.facts["upload"])


def _step(session: Session, job: Job, tools: Tools, *, upload: int) -> bool:
    part: int = job.facts["part"]
    lines = lines_of(session, upload, part)
    topics = [*session.scalars(select(Topic)), *aliases(session)]
    reader = LineReader(plan_from_json(job.facts["plan"]), topics)
    first = part * LINES_A_PART + 1
    read = [one for n, raw in enumerate(lines, first) if (one := reader.read(n, raw)) is not None]
    rows = [one for one in read if isinstance(one, Row)]
    incoming = incoming_of(
        rows,
        tools.links,
        language=tools.settings.language,
        again=lambda keys: met_before(session, job.id, keys),
    )
    fates = _settle(session, job, incoming, tools.now)
    _report(session, job, part, read, fates)
    done = first + len(lines) - 1
    job.done = done - (job.facts["lines"] - job.total)
    job.facts = {**job.facts, "part": part + 1}
    if done < job.facts["lines"]:
        return False
    forget_met(session, job.id)
    return True


def _settle(
    session: Session, job: Job, incoming: Sequence[Incoming], now: datetime
) -> Mapping[int, Fate]:
    if job.kind is JobKind.CHECK_IMPORT:
        return foresee(session, incoming)
    consent = Consent(wording=job.facts["consent"], version=WORDING_VERSION, place=PLACE)
    return add_readers(session, incoming, now=now, consent=consent, job_id=job.id)


def _report(
    session: Session,
    job: Job,
    part: int,
    read: Sequence[Row | Rejected],
    fates: Mapping[int, Fate],
) -> None:
    """Adds this part to the counts, and its refused lines to their file and to what is shown."""
    counts: Counter[str] = Counter(fates.values())
    reasons: Counter[str] = Counter()
    told: list[_Told] = []
    for one in read:
        if isinstance(one, Rejected):
            told.append((one.line, one.email, one.code))
            reasons[one.code] += 1
        elif fates[one.line] in _LISTED:
            told.append((one.line, one.address.email, fates[one.line].value))
    counts[REFUSED] = reasons.total()
    if told:
        data = json.dumps(told, ensure_ascii=False).encode()
        add_part(session, job.id, JobFile.REFUSED, part, data)
    before: dict[str, Any] = job.report
    job.report = {
        **before,
        "counts": _sum(before.get("counts", {}), counts),
        "reasons": _sum(before.get("reasons", {}), reasons),
        "told": before.get("told", 0) + len(told),
        "first": (before.get("first", []) + told)[:SHOWN],
    }


def told_of(data: bytes) -> list[_Told]:
    """The lines of one piece of the file of refused lines: number, address, stable code (a
    refusal's or a `Fate`)."""
    return [(line, email, code) for line, email, code in json.loads(data)]


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter({str(name): count for name, count in other.items()}))
