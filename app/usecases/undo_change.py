"""Undoes a change of many readers: who still has what it gave them gets back what they had. Who
has chosen something since, or has left, stays as they are, and is counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.job import ENDED, JobKind
from app.domain.subscription import ConsentKind
from app.store.tables import ChangedReader, Job
from app.usecases.job_tools import Tools
from app.usecases.manage_jobs import JobConflict, add_job, undoing_of

BATCH = 2_000
PLACE = "by the staff, a change of many readers undone"

_UNDO = text("""
with these as (
    select * from changed_reader
    where job_id = :change and subscriber_id > :after order by subscriber_id limit :batch
), restored as (
    update subscriber s set topic_mask = these.mask_before, cadence = these.cadence_before,
        cadence_changed_at = case when these.cadence_before <> these.cadence_after then :now
                                  else s.cadence_changed_at end
    from these
    where s.id = these.subscriber_id and s.state = 'active'
      and s.topic_mask = these.mask_after and s.cadence = these.cadence_after
    returning s.id, s.cadence, s.topic_mask
), noted as (
    insert into consent_event (subscriber_id, kind, at, wording, wording_version, place, cadence,
                               topic_mask)
    select id, :kind, :now, '', '', :place, cadence, topic_mask from restored
)
select (select count(*) from these) as seen, (select max(subscriber_id) from these) as last,
       (select count(*) from restored) as restored
""")


def ask_for_change_back(
    session: Session, *, now: datetime, staff_id: int | None, change_id: int
) -> Job:
    """The undoing of a change that has ended, even in the middle. Of two who press at once, both
    get the same one. Raises `JobConflict` for a job that is under way or changed nobody who can
    be changed back: who was unsubscribed can only come back by themselves."""
    done = session.get_one(Job, change_id, with_for_update=True, populate_existing=True)
    if (known := undoing_of(session, change_id)) is not None:
        return known
    changed = changed_by(session, change_id)
    if done.kind is not JobKind.CHANGE_READERS or done.state not in ENDED or not changed:
        raise JobConflict(done)
    facts = {"change": change_id, "deed": done.facts["change"]["deed"], "after": 0}
    job = add_job(
        session,
        now=now,
        kind=JobKind.UNDO_CHANGE,
        staff_id=staff_id,
        of_id=change_id,
        facts=facts,
    )
    job.total = changed
    return job


def changed_by(session: Session, change_id: int) -> int:
    """How many readers a change gave something else than they had, those who are gone since
    included; 0 for one that unsubscribed."""
    wanted = select(func.count()).select_from(ChangedReader)
    return session.scalar(wanted.where(ChangedReader.job_id == change_id)) or 0


def change_some_back(session: Session, job: Job, tools: Tools) -> bool:
    """Gives the next readers back what they had."""
    row = session.execute(
        _UNDO,
        {
            "change": job.facts["change"],
            "after": job.facts["after"],
            "batch": BATCH,
            "now": tools.now,
            "place": PLACE,
            "kind": ConsentKind.CHANGED.value,
        },
    ).one()
    report = job.report
    job.report = {
        "restored": report.get("restored", 0) + row.restored,
        "stayed": report.get("stayed", 0) + row.seen - row.restored,
    }
    job.done += row.seen
    if row.seen < BATCH:
        return True
    job.facts = {**job.facts, "after": row.last}
    return False
