"""An uploaded file of readers: kept line by line, looked at, and its columns named.

Stands before `check_import`: an upload is the draft of a check, which begins when somebody has
said what its columns are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.csv_text import (
    BREAK,
    ENCODINGS,
    MalformedLine,
    UnreadableFile,
    cells,
    guess_encoding,
    read_lines,
)
from app.domain.job import JobFile, JobKind, JobRefused, JobState
from app.domain.reader_columns import ReaderColumn
from app.store.jobs import add_part, read_part
from app.store.tables import Job
from app.usecases.manage_jobs import JobConflict, add_job
from app.usecases.subscriber_csv import Plan, guess_plan, plan_from_json

MAX_UPLOAD = 50_000_000
"""Bytes: about a million readers with all their columns."""

LINES_A_PART = 1_000
SAMPLE = 5
_SHOWN = 60


def keep_upload(
    session: Session, *, now: datetime, staff_id: int | None, name: str, file: BinaryIO
) -> Job:
    """Keeps the lines of a file that can be sought in, with a first guess at its plan. Raises
    `UnreadableFile`; the caller's rollback then forgets what was kept."""
    job = add_job(
        session,
        now=now,
        kind=JobKind.CHECK_IMPORT,
        staff_id=staff_id,
        facts={"name": name},
        state=JobState.DRAFT,
    )
    encoding = guess_encoding(read_lines(file))
    file.seek(0)
    lines = read_lines(file)
    count, broken = 0, False
    while part := list(islice(lines, LINES_A_PART)):
        if count == 0:
            plan = guess_plan(part, encoding)
        add_part(session, job.id, JobFile.UPLOAD, count // LINES_A_PART, b"\n".join(part) or b" ")
        count += len(part)
        broken = broken or any(BREAK in line for line in part)
    if not count:
        raise UnreadableFile("empty")
    job.facts = {"name": name, "lines": count, "breaks": broken, "plan": plan.as_json()}
    session.flush()
    return job


def lines_of(session: Session, job_id: int, part: int) -> list[bytes]:
    """The lines of one part of an upload. Raises `JobRefused` (file_gone)."""
    data = read_part(session, job_id, JobFile.UPLOAD, part)
    if data is None:
        raise JobRefused("file_gone")
    return data.split(b"\n")


def sample_of(session: Session, job: Job) -> list[list[str]]:
    """The first readers of an upload as its plan reads them, cell by cell; none when the file is
    gone."""
    plan = plan_from_json(job.facts["plan"])
    try:
        lines = lines_of(session, job.id, 0)
    except JobRefused:
        return []
    first = lines[1 if plan.header else 0 :]
    return [_cells(line, plan) for line in first if line.strip()][:SAMPLE]


def replan(session: Session, job_id: int, *, encoding: str, delimiter: str) -> Job:
    """Reads the upload with another encoding or separator, and guesses its columns anew. Raises
    `UnreadableFile`, and `JobConflict` when its check is under way or its readers are in."""
    job = _changeable(session, job_id)
    chosen = encoding if encoding in ENCODINGS else job.facts["plan"]["encoding"]
    plan = guess_plan(lines_of(session, job.id, 0), chosen, delimiter)
    job.facts = {**job.facts, "plan": plan.as_json()}
    return _back_to_draft(session, job)


def name_columns(
    session: Session, job_id: int, columns: Sequence[ReaderColumn | None], *, has_header: bool
) -> Job:
    """Says what the columns are; the check is then to be started. Raises `UnreadableFile`
    (no_email_column, repeated_column) and `JobConflict`."""
    job = _changeable(session, job_id)
    plan = plan_from_json(job.facts["plan"])
    named = [one for one in columns if one is not None]
    if ReaderColumn.EMAIL not in named:
        raise UnreadableFile("no_email_column")
    if len(named) != len(set(named)):
        raise UnreadableFile("repeated_column")
    first = _cells(lines_of(session, job.id, 0)[0], plan)
    header = tuple(cell.strip() or "—" for cell in first) if has_header else ()
    named_plan = Plan(
        encoding=plan.encoding, delimiter=plan.delimiter, header=header, columns=tuple(columns)
    )
    job.facts = {**job.facts, "plan": named_plan.as_json()}
    return _back_to_draft(session, job)


def import_of(session: Session, check_id: int) -> Job | None:
    """The import that followed a check."""
    followed: Job | None = session.scalar(
        select(Job).where(Job.of_id == check_id, Job.kind == JobKind.IMPORT)
    )
    return followed


def _changeable(session: Session, job_id: int) -> Job:
    """An upload that nobody works on and that was not imported, locked."""
    job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    undone = job.state in (JobState.WAITING, JobState.RUNNING)
    if job.kind is not JobKind.CHECK_IMPORT or undone or import_of(session, job_id):
        raise JobConflict(job)
    return job


def _back_to_draft(session: Session, job: Job) -> Job:
    job.state, job.finished_at, job.report = JobState.DRAFT, None, {}
    job.done = job.total = 0
    session.flush()
    return job


def _cells(line: bytes, plan: Plan) -> list[str]:
    try:
        found = cells(line, plan.encoding, plan.delimiter)
    except MalformedLine:
        found = [line.decode(plan.encoding, "replace")]
    width = max(len(plan.columns), 1)
    shown = [cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…" for cell in found[:width]]
    return shown + [""] * (width - len(shown))
