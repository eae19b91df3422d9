"""Readers as a CSV, batch by batch: what an editor asks for and a worker writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from app.domain.job import JobFile, JobKind
from app.domain.notice import NoticeKind
from app.domain.segment import Segment, from_json, to_json
from app.domain.spreadsheet import BYTE_ORDER_MARK, csv_lines
from app.store.jobs import add_part
from app.store.reader_counts import count_exactly
from app.store.segments import condition
from app.store.tables import Job, Staff, Subscriber, Topic
from app.usecases.job_tools import Tools
from app.usecases.manage_jobs import add_job
from app.usecases.staff_notice import staff_notice

BATCH = 5_000
"""Readers a step: about half a megabyte."""

LONG = timedelta(seconds=30)
"""Who asked for an export that takes longer gets a mail when it is there."""

COLUMNS = (
    "email",
    "name",
    "state",
    "topics",
    "cadence",
    "timezone",
    "language",
    "created_at",
    "confirmed_at",
    "left_at",
)
"""The names that an import knows too."""


def ask_for_export(
    session: Session,
    *,
    now: datetime,
    staff_id: int | None,
    segment: Segment,
    segment_name: str = "",
) -> Job:
    """A job that writes the readers of a segment, as it means them at `now`."""
    facts = {"segment": to_json(segment), "segment_name": segment_name, "at": now.isoformat()}
    return add_job(session, now=now, kind=JobKind.EXPORT_READERS, staff_id=staff_id, facts=facts)


def export_some(session: Session, job: Job, tools: Tools) -> bool:
    """Writes the next batch. The first step counts, so that the bar has an end; who joins later
    is not in the file."""
    facts = dict(job.facts)
    segment = from_json(facts["segment"])
    at = datetime.fromisoformat(facts["at"])
    zone = ZoneInfo(tools.settings.timezone)
    if "upto" not in facts:
        job.total = count_exactly(session, segment, now=at, zone=zone)
        facts |= {"upto": session.scalar(select(func.max(Subscriber.id))) or 0, "after": 0}
        head = BYTE_ORDER_MARK + csv_lines([COLUMNS])
        add_part(session, job.id, JobFile.RESULT, 0, head.encode())
        facts["part"] = 1
        job.facts = facts
        return False
    where, values = condition(segment, now=at, zone=zone)
    rows = _readers(session, where, {**values, "after": facts["after"], "upto": facts["upto"]})
    slugs = {topic.bit: topic.slug for topic in session.scalars(select(Topic))}
    lines = csv_lines(_cells(row, slugs, zone) for row in rows)
    add_part(session, job.id, JobFile.RESULT, facts["part"], lines.encode())
    job.done += len(rows)
    if len(rows) == BATCH:
        job.facts = {**facts, "part": facts["part"] + 1, "after": rows[-1].id}
        return False
    job.total = job.done
    job.report = {"readers": job.done}
    _tell(session, job, tools.now)
    return True


def _readers(session: Session, where: str, values: dict[str, Any]) -> Sequence[Row[Any]]:
    statement = text(f"""
        select s.id, s.email, s.name, s.state, s.topic_mask, s.cadence, s.timezone, s.language,
            s.created_at, s.confirmed_at, s.left_at
        from subscriber s
        where s.id > :after and s.id <= :upto and ({where})
        order by s.id limit :batch
    """)  # noqa: S608  made by the store
    return session.execute(statement, {**values, "batch": BATCH}).all()


def _cells(row: Row[Any], slugs: dict[int, str], zone: ZoneInfo) -> Sequence[object]:
    topics = (slug for bit, slug in slugs.items() if row.topic_mask >> bit & 1)
    return (
        row.email,
        row.name,
        row.state,
        ";".join(topics),
        row.cadence,
        row.timezone,
        row.language,
        *(_moment(each, zone) for each in (row.created_at, row.confirmed_at, row.left_at)),
    )


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds") if at else ""


def _tell(session: Session, job: Job, now: datetime) -> None:
    staff = session.get(Staff, job.staff_id) if job.staff_id else None
    if staff is None or not staff.active or now - job.created_at < LONG:
        return
    session.add(staff_notice(staff, now=now, kind=NoticeKind.EXPORT_READY, job_id=job.id))
