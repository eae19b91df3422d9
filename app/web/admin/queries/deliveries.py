"""Deliveries that did not go plainly, a page at a time.

The chunks know how many such deliveries they hold, so only the rows of those that hold any are
read: a page of a campaign to a million readers reads a few thousand rows at the most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, text
from sqlalchemy.orm import Session

from app.domain.delivery import DeliveryState
from app.store.tables import Chunk

PROBLEMS = (DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.DEFERRED)
"""The states whose deliveries are listed one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One delivery that did not go plainly, with the mail server's words."""

    ordinal: int
    email: str
    subscriber_id: int
    state: DeliveryState
    attempt: int
    code: int | None
    reply: str
    at: datetime | None
    retry_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problems:
    """One page; `after` is where the next one begins, None on the last."""

    items: list[Problem]
    after: int | None


# Range by range, and readers only for the page's own rows, so that no plan walks over the rows
# between them or over all readers.
_ROWS = text("""
with found as materialized (
    select d.*
    from unnest(cast(:firsts as int[]), cast(:lasts as int[])) as r(first, last)
    cross join lateral (
        select ordinal, subscriber_id, state, attempt, code, at, retry_at, reply
        from delivery
        where campaign_id = :campaign and ordinal between r.first and r.last
          and state = any(cast(:states as delivery_state[]))
        order by ordinal limit :size
    ) as d
    order by d.ordinal limit :size
)
select d.ordinal, d.subscriber_id, d.state, d.attempt, d.code, d.at, d.retry_at,
       coalesce(s.email, '') as email, coalesce(d.reply, '') as reply
from found d left join subscriber s on s.id = d.subscriber_id
order by d.ordinal
""")


def problems_of(
    session: Session,
    campaign_id: int,
    *,
    states: Sequence[DeliveryState] = PROBLEMS,
    after: int = 0,
    size: int,
) -> Problems:
    """The deliveries of these states that come after an ordinal, in the order of sending."""
    counted = or_(*(getattr(Chunk, state.value) > 0 for state in states))
    # The first of them may hold what it counts before `after`; each of the others has a row.
    ranges = session.execute(
        select(Chunk.first, Chunk.last)
        .where(Chunk.campaign_id == campaign_id, Chunk.last > after, counted)
        .order_by(Chunk.first)
        .limit(size + 2)
    ).all()
    if not ranges:
        return Problems(items=[], after=None)
    rows = session.execute(
        _ROWS,
        {
            "campaign": campaign_id,
            "firsts": [max(first, after + 1) for first, _ in ranges],
            "lasts": [last for _, last in ranges],
            "states": [state.value for state in states],
            "size": size + 1,
        },
    ).all()
    items = [_problem(row) for row in rows[:size]]
    return Problems(items=items, after=items[-1].ordinal if len(rows) > size else None)


def _problem(row: Row[Any]) -> Problem:
    return Problem(
        ordinal=row.ordinal,
        email=row.email,
        subscriber_id=row.subscriber_id,
        state=DeliveryState(row.state),
        attempt=row.attempt,
        code=row.code,
        reply=row.reply,
        at=row.at,
        retry_at=row.retry_at,
    )
