"""Many readers changed at once: chosen on a page or meant by a filter, batch by batch by a job.

Each reader is visited once, in the order of their numbers, and each change stands in their
history of consent. What they had before is kept with the job, so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.bulk import Change, Deed, change_from_json, change_to_json
from app.domain.job import JobKind
from app.domain.segment import EVERYBODY, Segment, from_json, to_json
from app.domain.subscription import ConsentKind
from app.store.segments import Condition, condition
from app.store.tables import FormerTopic, Job, Subscriber, Topic
from app.usecases.job_tools import Tools
from app.usecases.manage_jobs import add_job

BATCH = 2_000
PLACE = "by the staff, many readers at once"

_STATEMENT = """
with batch as (
    select s.id, s.cadence, s.topic_mask from subscriber s
    where s.id > :after and s.id <= :upto and ({where})
    order by s.id limit :batch
    for update
), changed as (
    update subscriber s set {values}
    from batch where s.id = batch.id and s.state = 'active' and {differs}
    returning s.id, s.cadence, s.topic_mask
), noted as (
    insert into consent_event (subscriber_id, kind, at, wording, wording_version, place, cadence,
                               topic_mask)
    select id, :kind, :now, '', '', :place, cadence, topic_mask from changed
), kept as (
    insert into changed_reader (job_id, subscriber_id, cadence_before, mask_before, cadence_after,
                                mask_after)
    select :job, changed.id, batch.cadence, batch.topic_mask, changed.cadence, changed.topic_mask
    from changed join batch on batch.id = changed.id where {undoable}
)
select (select count(*) from batch) as seen, (select max(id) from batch) as last,
       (select count(*) from changed) as changed
"""

_FOLLOWED = "(case when s.topic_mask = 0 then :all_topics else s.topic_mask end)"
_DEEDS = {
    Deed.UNSUBSCRIBE: ("state = 'unsubscribed', left_at = :now", "true"),
    Deed.ADD_TOPIC: (
        "topic_mask = s.topic_mask | :bit",
        "s.topic_mask <> 0 and s.topic_mask & :bit = 0",
    ),
    Deed.REMOVE_TOPIC: (
        f"topic_mask = {_FOLLOWED} & ~cast(:bit as bigint)",
        f"{_FOLLOWED} & :bit <> 0 and {_FOLLOWED} & ~cast(:bit as bigint) <> 0",
    ),
    Deed.CHANGE_CADENCE: (
        "cadence = cast(:cadence as cadence), cadence_changed_at = :now",
        "s.cadence <> cast(:cadence as cadence)",
    ),
}
"""What each deed sets, and for whom it makes a difference."""


def ask_for_change(
    session: Session,
    *,
    now: datetime,
    staff_id: int | None,
    change: Change,
    segment: Segment = EVERYBODY,
    segment_name: str = "",
    ids: Sequence[int] | None = None,
    total: int = 0,
) -> Job:
    """A job that gives the readers `ids`, or all of a segment as it means them at `now`, this
    change. `total` is how many they are, for the bar."""
    facts = {
        "change": change_to_json(change),
        "segment": to_json(segment),
        "segment_name": segment_name,
        "ids": None if ids is None else sorted(set(ids)),
        "at": now.isoformat(),
        "after": 0,
        "upto": session.scalar(select(func.max(Subscriber.id))) or 0,
    }
    job = add_job(session, now=now, kind=JobKind.CHANGE_READERS, staff_id=staff_id, facts=facts)
    job.total = total
    return job


def change_some(session: Session, job: Job, tools: Tools) -> bool:
    """Changes the next batch."""
    facts = dict(job.facts)
    change = change_from_json(facts["change"])
    where, more = _meant(facts, ZoneInfo(tools.settings.timezone))
    values, differs = _DEEDS[change.deed]
    undoable = "false" if change.deed is Deed.UNSUBSCRIBE else "true"
    statement = _STATEMENT.format(where=where, values=values, differs=differs, undoable=undoable)
    row = session.execute(
        text(statement),
        {
            **more,
            **_arguments(session, change),
            "job": job.id,
            "after": facts["after"],
            "upto": facts["upto"],
            "batch": BATCH,
            "now": tools.now,
            "place": PLACE,
            "kind": _kind(change).value,
        },
    ).one()
    job.done += row.seen
    job.report = {"changed": job.report.get("changed", 0) + row.changed}
    if row.seen == BATCH:
        job.facts = {**facts, "after": row.last}
        return False
    job.total = job.done
    return True


def _meant(facts: dict[str, Any], zone: ZoneInfo) -> Condition:
    if facts["ids"] is not None:
        return "s.id = any(cast(:ids as bigint[]))", {"ids": facts["ids"]}
    at = datetime.fromisoformat(facts["at"])
    return condition(from_json(facts["segment"]), now=at, zone=zone)


def _arguments(session: Session, change: Change) -> dict[str, Any]:
    """Of the parameters that the deed's statement names."""
    if change.deed is Deed.CHANGE_CADENCE:
        return {"cadence": change.cadence}
    if change.bit is None:
        return {}
    bit = {"bit": 1 << change.bit}
    if change.deed is Deed.ADD_TOPIC:
        # A job that is taken up again may name a topic that was merged meanwhile, or removed:
        # of all bits together nobody lacks each.
        former = session.scalar(select(FormerTopic).where(FormerTopic.bit == change.bit))
        return {"bit": 1 << former.into.bit if former.into else -1} if former else bit
    every = 0
    for known in session.scalars(select(Topic.bit)):
        every |= 1 << known
    return bit | {"all_topics": every}


def _kind(change: Change) -> ConsentKind:
    left = change.deed is Deed.UNSUBSCRIBE
    return ConsentKind.UNSUBSCRIBED if left else ConsentKind.CHANGED
