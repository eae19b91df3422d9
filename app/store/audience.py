"""Freezing an audience: who gets which list, and the ledger of deliveries. All of it set-based;
Python sees only one row for each list or chunk.

The temporary table `frozen` (reader, list mask, due time) lives as long as the transaction; a
second freezing in the same one starts anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Result, text
from sqlalchemy.orm import Session

from app.domain.segment import from_json
from app.domain.subject_test import Part, part_of
from app.domain.window import Candidate, ChunkRange, list_mask, mask_of
from app.store.segments import condition
from app.store.tables import Campaign

_ANEW = text("drop table if exists pg_temp.frozen, pg_temp.frozen_list, pg_temp.frozen_seen")

_READERS = """
create temporary table frozen on commit drop as
select s.id, l.mask & ~coalesce(seen.mask, 0) as mask, cast(null as timestamptz) as due
from subscriber s
join (
    select topic_mask, mask, false as late from frozen_list
    union all select topic_mask, late_mask, true from frozen_list
) as l on l.topic_mask = s.topic_mask
      and l.late = coalesce(s.cadence_changed_at > cast(:since as timestamptz), false)
left join frozen_seen seen on seen.subscriber_id = s.id
where s.state = 'active' and (s.paused_until is null or s.paused_until <= :now)
  and (cast(:cadences as cadence[]) is null or s.cadence = any(cast(:cadences as cadence[])))
  and l.mask & ~coalesce(seen.mask, 0) <> 0
  and {segment}
"""

# An article counts as sent from the moment a delivery that holds it can no longer be called
# back: what failed or was skipped reached nobody, what waits in a cancelled campaign never will.
SENT = """
select d.subscriber_id, bit_or(o.mask) as mask
from unnest(cast(:variants as bigint[]), cast(:masks as bigint[])) as o(variant_id, mask)
join chunk c on c.variant_id = o.variant_id
join campaign k on k.id = c.campaign_id
join delivery d on d.campaign_id = c.campaign_id and d.ordinal between c.first and c.last
where (d.state in ('sent', 'handing', 'unknown')
   or d.state in ('pending', 'deferred') and k.state in ('sending', 'paused', 'needs_review'))
"""
_SEEN = f"create temporary table frozen_seen on commit drop as {SENT} group by d.subscriber_id"

MEANT_FOR = """
select s.id, cast(1 as bigint) as mask, cast(null as timestamptz) as due
from subscriber s
where s.state = 'active' and (s.paused_until is null or s.paused_until <= :now)
  and (cast(:cadences as cadence[]) is null or s.cadence = any(cast(:cadences as cadence[])))
  and (:topics = 0 or s.topic_mask = 0 or s.topic_mask & :topics <> 0)
  and {segment}
"""
_EVERYONE = f"create temporary table frozen on commit drop as {MEANT_FOR}"

_LEDGER = """
insert into delivery (campaign_id, ordinal, subscriber_id)
select :campaign, row_number() over (order by mask, due, id), id from frozen
"""

_CHUNKS = """
insert into chunk (campaign_id, variant_id, first, last, date_at, due_at, state, priority,
                   journal, leases, sent, failed, deferred, skipped, unknown)
select :campaign, variant_id, first, last, coalesce(due, :due), coalesce(due, :due), state,
       :priority, '', 0, 0, 0, 0, 0, 0
from unnest(cast(:variants as bigint[]), cast(:firsts as int[]), cast(:lasts as int[]),
            cast(:dues as timestamptz[]), cast(:states as chunk_state[]))
     as c(variant_id, first, last, due, state)
"""


def freeze_readers(
    session: Session,
    campaign: Campaign,
    candidates: Sequence[Candidate],
    *,
    since: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> list[tuple[int, int]]:
    """Fills `frozen` with the readers who get something; returns (mask, readers) in mask order.
    `zone` is the site's, in which a segment counts its days.

    Each reader's list is the candidates of the topics followed, less those already sent. Who
    has changed their pace since the window opened (`since`) is given the late candidates too.
    Who pauses at `now` gets nothing.
    """
    session.execute(_ANEW)
    masks = session.execute(text("select distinct topic_mask from subscriber")).scalars().all()
    session.execute(
        text(
            "create temporary table frozen_list"
            " (topic_mask bigint, mask bigint, late_mask bigint) on commit drop"
        )
    )
    if masks:
        session.execute(
            text("insert into frozen_list values (:topic_mask, :mask, :late_mask)"),
            [
                {
                    "topic_mask": m,
                    "mask": list_mask(m, candidates),
                    "late_mask": list_mask(m, candidates, late=True),
                }
                for m in masks
            ],
        )
    session.execute(text(_SEEN), overlapping(session, candidates))
    values = {"cadences": campaign.cadences, "since": since, "now": now}
    narrowed(session, _READERS, campaign, values, now=now, zone=zone)
    return _sizes(session)


def overlapping(session: Session, candidates: Sequence[Candidate]) -> dict[str, list[int]]:
    """The variants that hold any of the candidates, each with those it holds."""
    rows = session.execute(
        text("select id, article_ids from variant where article_ids && cast(:ids as bigint[])"),
        {"ids": [c.article_id for c in candidates]},
    ).all()
    return {
        "variants": [row.id for row in rows],
        "masks": [mask_of(row.article_ids, candidates) for row in rows],
    }


def freeze_everyone(
    session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo
) -> list[tuple[int, int]]:
    """The same for a campaign whose content is one for all: every reader it is meant for."""
    session.execute(_ANEW)
    narrowed(session, _EVERYONE, campaign, meant_for(campaign, now), now=now, zone=zone)
    return _sizes(session)


def has_readers(session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether anybody is there to read this campaign, however much of it they have had."""
    asked = f"select exists ({MEANT_FOR})"
    values = meant_for(campaign, now)
    found = narrowed(session, asked, campaign, values, now=now, zone=zone, whole=False)
    return bool(found.scalar())


def narrowed(
    session: Session,
    statement: str,
    campaign: Campaign,
    values: Mapping[str, object],
    *,
    now: datetime,
    zone: ZoneInfo,
    whole: bool = True,
) -> Result[Any]:
    """Runs a statement with the campaign's segment in it, which looks at all readers if `whole`.
    Raises `InvalidSegment` for one that
    is not understood: nobody is written to by a guess."""
    segment = from_json(campaign.segment or {})
    where, more = condition(segment, now=now, zone=zone, whole=whole)
    return session.execute(text(statement.replace("{segment}", where)), {**values, **more})


def meant_for(campaign: Campaign, now: datetime) -> dict[str, object]:
    return {"cadences": campaign.cadences, "topics": campaign.topic_mask, "now": now}


def count_followers(session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo) -> int:
    """After `freeze_readers`: the readers who follow any candidate, had it or not."""
    asked = """
    select count(*) from subscriber s
    join frozen_list l on l.topic_mask = s.topic_mask
    where s.state = 'active' and (s.paused_until is null or s.paused_until <= :now)
      and l.mask <> 0
      and (cast(:cadences as cadence[]) is null or s.cadence = any(cast(:cadences as cadence[])))
      and {segment}
    """
    values = {"cadences": campaign.cadences, "now": now}
    return int(narrowed(session, asked, campaign, values, now=now, zone=zone).scalar_one())


def followed_masks(session: Session, campaign: Campaign) -> list[int]:
    """The topic masks that readers of these paces have: each leads to one list of articles."""
    rows = session.execute(
        text("""
        select topic_mask from reader_tally
        where state = 'active'
          and (cast(:cadences as cadence[]) is null or cadence = any(cast(:cadences as cadence[])))
        group by topic_mask having sum(readers) > 0
        order by topic_mask
        """),
        {"cadences": campaign.cadences},
    )
    return [int(mask) for mask in rows.scalars()]


def _sizes(session: Session) -> list[tuple[int, int]]:
    rows = session.execute(text("select mask, count(*) from frozen group by mask order by mask"))
    return [(mask, count) for mask, count in rows]


def has_changed_pace(session: Session, cadences: Sequence[str] | None, since: datetime) -> bool:
    """Whether any active reader of these paces has come to theirs after `since`."""
    return bool(
        session.scalar(
            text("""
            select exists (
                select from subscriber where state = 'active' and cadence_changed_at > :since
                  and (cast(:cadences as cadence[]) is null
                       or cadence = any(cast(:cadences as cadence[])))
            )
            """),
            {"cadences": cadences, "since": since},
        )
    )


def reader_zones(session: Session, cadences: Sequence[str] | None) -> dict[str, int]:
    """How many active readers of these paces each time zone has; "" is the site's."""
    rows = session.execute(
        text("""
        select timezone, count(*) from subscriber
        where state = 'active'
          and (cast(:cadences as cadence[]) is null or cadence = any(cast(:cadences as cadence[])))
        group by timezone
        """),
        {"cadences": cadences},
    )
    return {zone: int(count) for zone, count in rows}


def sampled_zones(session: Session, cadences: Sequence[str] | None) -> dict[str, int]:
    """The same from some 20,000 readers, spread over all of the table: for looking ahead, in a
    few milliseconds however many there are. Of fewer readers it counts each."""
    share = session.scalar(
        text("""
        select least(100, 100 * 20000 / greatest(reltuples, 1)) from pg_class
        where oid = cast('subscriber' as regclass)
        """)
    )
    rows = session.execute(
        text("""
        select timezone, count(*) from subscriber tablesample system (:share) repeatable (1)
        where state = 'active'
          and (cast(:cadences as cadence[]) is null or cadence = any(cast(:cadences as cadence[])))
        group by timezone
        """),
        {"share": share, "cadences": cadences},
    )
    return {zone: int(count) for zone, count in rows}


def spread_over_zones(
    session: Session, arrivals: Mapping[str, datetime], *, otherwise: datetime
) -> list[tuple[int, datetime, int]]:
    """Gives every frozen reader the due time of their zone, `otherwise` to one whose zone is not
    among `arrivals`; returns (mask, due time, readers) in the order of the numbering."""
    session.execute(
        text("""
        update frozen f set due = coalesce(z.due, :otherwise)
        from subscriber s
        left join unnest(cast(:zones as text[]), cast(:dues as timestamptz[])) as z(zone, due)
             on z.zone = s.timezone
        where s.id = f.id
        """),
        {
            "zones": list(arrivals),
            "dues": list(arrivals.values()),
            "otherwise": otherwise,
        },
    )
    rows = session.execute(
        text("select mask, due, count(*) from frozen group by mask, due order by mask, due")
    )
    return [(mask, due, int(count)) for mask, due, count in rows]


def write_ledger(
    session: Session,
    campaign: Campaign,
    *,
    chunks: Sequence[ChunkRange],
    variant_of: dict[int, int],
    due: datetime,
    priority: int,
) -> int:
    """Writes the deliveries of `frozen` and the chunks that own them; returns how many
    deliveries. The numbering follows (mask, due time, reader), as `cut_into_chunks` assumes."""
    written = session.execute(text(_LEDGER), {"campaign": campaign.id})
    session.execute(
        text(_CHUNKS),
        {
            "campaign": campaign.id,
            "due": due,
            "priority": priority,
            "variants": [variant_of[chunk.mask] for chunk in chunks],
            "firsts": [chunk.first for chunk in chunks],
            "lasts": [chunk.last for chunk in chunks],
            "dues": [chunk.due for chunk in chunks],
            "states": ["held" if part_of(c.mask) is Part.REST else "open" for c in chunks],
        },
    )
    return int(written.rowcount)  # type: ignore[attr-defined]
