"""How many readers there are and how many a segment or a campaign means.

`reader_tally` is kept by triggers, and knows states, paces and topics: what asks for no more is
counted in milliseconds, and exactly. Anything else looks at every reader.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.segment import Segment, from_json
from app.domain.subscription import SubscriberState
from app.store.segments import condition
from app.store.tables import Campaign, ReaderTally

_COMPACT = text("""
with gone as (delete from reader_tally returning state, cadence, topic_mask, readers)
insert into reader_tally (state, cadence, topic_mask, readers)
select state, cadence, topic_mask, sum(readers) from gone
group by state, cadence, topic_mask having sum(readers) <> 0
""")

_ROWS = text("""
select count(*) as rows, count(distinct (state, cadence, topic_mask)) as sorts from reader_tally
""")

LOOSE = 2_000
"""Rows that the tally may have beyond one for each sort of readers, and as many again."""

_TALLIED = """
select (select coalesce(sum(t.readers), 0) from reader_tally t where {tallied})
     - (select count(*) from subscriber s
        where {sendable} and s.state = 'active' and s.paused_until > :now and {paused})
"""
_LOOKED_AT = "select count(*) from subscriber s where {meant}"
_SENDABLE = "s.state = 'active' and (s.paused_until is null or s.paused_until <= :now)"

_CAMPAIGN = """
(cast(:cadences as cadence[]) is null or {alias}.cadence = any(cast(:cadences as cadence[])))
and (:topics = 0 or {alias}.topic_mask = 0 or {alias}.topic_mask & :topics <> 0)
"""
"""As `store.audience.MEANT_FOR` has it."""


def readers_by_state(session: Session) -> dict[SubscriberState, int]:
    """How many readers are in each state, zeroes included."""
    rows = session.execute(
        select(ReaderTally.state, func.sum(ReaderTally.readers)).group_by(ReaderTally.state)
    )
    found = {state: int(readers) for state, readers in rows}
    return {state: found.get(state, 0) for state in SubscriberState}


def is_tallied(segment: Segment) -> bool:
    """Whether the tally knows all that a segment asks for."""
    return segment == Segment(
        topics=segment.topics,
        match=segment.match,
        cadences=segment.cadences,
        states=segment.states,
    )


def count_exactly(
    session: Session, segment: Segment, *, now: datetime, zone: ZoneInfo, sendable: bool = False
) -> int:
    """How many readers a segment means; with `sendable` only those that a campaign could write
    to at `now`. Where the tally does not know, at a million readers some tenths of a second, more
    for one that asks what was sent."""

    def meant(alias: str) -> str:
        return condition(segment, now=now, zone=zone, alias=alias, whole=True)[0]

    values = condition(segment, now=now, zone=zone)[1]
    return _count(session, segment, meant, {**values, "now": now}, sendable=sendable)


def count_meant_for(session: Session, campaign: Campaign, *, now: datetime, zone: ZoneInfo) -> int:
    """How many readers this campaign is meant for, were it frozen at `now`; of a digest some
    may have had all its articles. Raises `InvalidSegment` for a filter that is not understood."""
    segment = from_json(campaign.segment or {})

    def meant(alias: str) -> str:
        where = condition(segment, now=now, zone=zone, alias=alias, whole=True)[0]
        return f"{where} and {_CAMPAIGN.replace('{alias}', alias)}"

    values = {
        **condition(segment, now=now, zone=zone)[1],
        "cadences": campaign.cadences,
        "topics": campaign.topic_mask,
        "now": now,
    }
    return _count(session, segment, meant, values, sendable=True)


def _count(
    session: Session,
    segment: Segment,
    meant: Callable[[str], str],
    values: dict[str, Any],
    *,
    sendable: bool,
) -> int:
    """`meant` is the condition on readers under an alias."""
    if is_tallied(segment):
        tallied = f"{meant('t')} and t.state = 'active'" if sendable else meant("t")
        statement = _TALLIED.format(
            tallied=tallied, paused=meant("s"), sendable="true" if sendable else "false"
        )
    else:
        where = f"{meant('s')} and {_SENDABLE}" if sendable else meant("s")
        statement = _LOOKED_AT.format(meant=where)
    return int(session.scalar(text(statement), values) or 0)


def compact_tally(session: Session) -> bool:
    """Makes one row of the many that tell of one sort of readers, where that is worth it; the
    sums stay. May run while readers come and go: what they add meanwhile is left for the next
    time. Returns whether it did."""
    rows, sorts = session.execute(_ROWS).one()
    if rows <= 2 * sorts + LOOSE:
        return False
    session.execute(_COMPACT)
    return True
