"""Undoes an import: the readers that it added and that nothing has touched since go again. Who has
done something with the subscription, or has been written to, stays, and is counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.job import ENDED, JobKind
from app.store.tables import ImportReader, Job
from app.usecases.job_tools import Tools
from app.usecases.manage_jobs import JobConflict, add_job, undoing_of

BATCH = 1_000

_UNDO = text("""
with these as (
    select subscriber_id from import_reader
    where job_id = :import and subscriber_id > :after order by subscriber_id limit :batch
), judged as (
    select s.id,
        case
            when s.state <> 'active' then 'left'
            when s.cadence_changed_at is not null or s.paused_until is not null or exists (
                select from consent_event e where e.subscriber_id = s.id and e.kind <> 'imported'
            ) then 'changed'
            when exists (
                select from delivery d
                where d.subscriber_id = s.id and d.campaign_id = any(array(
                    select k.id from campaign k
                    where k.prepared_at >= :since or k.state = 'preparing'))
            ) then 'written_to'
            else 'removed'
        end as fate
    from these join subscriber s on s.id = these.subscriber_id
    for update of s
), gone as (
    delete from subscriber where id in (select id from judged where fate = 'removed')
)
select count(*) as seen, max(these.subscriber_id) as last,
    count(*) filter (where fate = 'removed') as removed,
    count(*) filter (where fate = 'left') as "left",
    count(*) filter (where fate = 'changed') as changed,
    count(*) filter (where fate = 'written_to') as written_to,
    count(*) filter (where fate is null) as gone
from these left join judged on judged.id = these.subscriber_id
""")


def ask_for_undo(session: Session, *, now: datetime, staff_id: int | None, import_id: int) -> Job:
    """The undoing of an import that has ended, even in the middle. Of two who press at once, both
    get the same one. Raises `JobConflict` for a job that is under way or is no import."""
    done = session.get_one(Job, import_id, with_for_update=True, populate_existing=True)
    if (known := undoing_of(session, import_id)) is not None:
        return known
    if done.kind is not JobKind.IMPORT or done.state not in ENDED:
        raise JobConflict(done)
    since = done.started_at or done.created_at
    job = add_job(
        session,
        now=now,
        kind=JobKind.UNDO_IMPORT,
        staff_id=staff_id,
        of_id=import_id,
        facts={
            "name": done.facts["name"],
            "import": import_id,
            "after": 0,
            "since": min(since, done.created_at).isoformat(),
        },
    )
    job.total = added_by(session, import_id)
    return job


def added_by(session: Session, import_id: int) -> int:
    """How many readers an import added, those who are gone since included."""
    wanted = select(func.count()).select_from(ImportReader).where(ImportReader.job_id == import_id)
    return session.scalar(wanted) or 0


def undo_some(session: Session, job: Job, _tools: Tools) -> bool:
    """Removes the next readers that may go."""
    row = session.execute(
        _UNDO,
        {
            "import": job.facts["import"],
            "after": job.facts["after"],
            "since": datetime.fromisoformat(job.facts["since"]),
            "batch": BATCH,
        },
    ).one()
    names = ("removed", "left", "changed", "written_to", "gone")
    job.report = {
        **job.report,
        **{name: job.report.get(name, 0) + getattr(row, name) for name in names},
    }
    job.done += row.seen
    if row.seen < BATCH:
        return True
    job.facts = {**job.facts, "after": row.last}
    return False
