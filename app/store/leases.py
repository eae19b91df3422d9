"""Chunks in workers' hands: leased, taken over, handed back; and the end of a campaign.

    open → leased(token, until) → done

Time in here is the database's `clock_timestamp()`, so that workers on several machines agree
about leases whatever their own clocks say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.campaign import UncertainPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class LeasedChunk:
    """A chunk in this worker's hands. `broken_journal` names the journal of the worker that held
    it before and did not finish; None when it was handed back properly. `troubled` says that the
    mail server could not be reached for this campaign when it was leased."""

    id: int
    campaign_id: int
    variant_id: int
    first: int
    last: int
    date_at: datetime
    token: UUID
    policy: UncertainPolicy
    leases: int
    troubled: bool
    broken_journal: str | None


class LeaseLost(Exception):
    """Another worker holds the chunk now; what this one still knows must not be written."""


_LEASE = text("""
with old as (
    select c.id, c.state, c.journal, k.policy, k.trouble <> '' as troubled
    from chunk c join campaign k on k.id = c.campaign_id
    where c.id = :id and k.state = 'sending'
      and (c.state = 'open' and c.due_at <= clock_timestamp()
           or c.state = 'leased' and c.leased_until < clock_timestamp()
              - case when starts_with(c.journal, :host) then interval '0' else :grace end)
    for update of c
)
update chunk c
set state = 'leased', token = :token, journal = :journal, leases = leases + 1,
    leased_until = clock_timestamp() + :lease
from old where c.id = old.id
returning c.id, c.campaign_id, c.variant_id, c.first, c.last, c.date_at, c.token, c.leases,
          old.policy, old.troubled,
          case when old.state = 'leased' then old.journal end as broken_journal
""")

_CLOSE = text("""
update chunk c
set state = case when waiting.retry_at is null then 'done' else 'open' end :: chunk_state,
    due_at = greatest(coalesce(waiting.retry_at, c.due_at), clock_timestamp() + :rest),
    token = null, leased_until = null, queued_at = null
from (
    select min(case when state = 'deferred' then retry_at else clock_timestamp() end) as retry_at
    from delivery
    where campaign_id = :campaign and ordinal between :first and :last
      and state in ('pending', 'deferred')
) as waiting
where c.id = :id and c.token = :token
returning c.state
""")

_FINISH = text("""
update campaign k
set state = case when exists (select from chunk c where c.campaign_id = k.id and c.unknown > 0)
                 then 'needs_review' else 'finished' end :: campaign_state,
    version = version + 1, finished_at = clock_timestamp(), trouble = '',
    (sent, failed) = (select sum(c.sent), sum(c.failed) from chunk c where c.campaign_id = k.id)
where k.id = :campaign and k.state = 'sending'
  and not exists (select from chunk c where c.campaign_id = k.id and c.state <> 'done')
""")


def lease_chunk(
    session: Session,
    chunk_id: int,
    *,
    token: UUID,
    journal: str,
    host: str,
    lease: float,
    grace: float,
) -> LeasedChunk | None:
    """Takes the chunk for `lease` seconds, or returns None: not due, held, or not sending.

    A lease that ran out may be taken over at once by a worker of the same host (its journal name
    starts with `host`), by another only `grace` seconds later, since it cannot read the journal.
    """
    row = (
        session.execute(
            _LEASE,
            {
                "id": chunk_id,
                "token": token,
                "journal": journal,
                "host": host,
                "lease": timedelta(seconds=lease),
                "grace": timedelta(seconds=grace),
            },
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    values = {**row, "policy": UncertainPolicy(row["policy"])}
    return LeasedChunk(**values)


def end_leases(session: Session, journals: Sequence[str]) -> set[str]:
    """Ends at once the leases of workers that are known to be gone, by the names of their
    journals; returns the names that a chunk still needs."""
    rows = session.execute(
        text("""
        update chunk set leased_until = least(leased_until, clock_timestamp()), queued_at = null
        where state = 'leased' and journal = any(:journals)
        returning journal
        """),
        {"journals": list(journals)},
    )
    return set(rows.scalars())


def close_chunk(session: Session, chunk: LeasedChunk, *, rest: float = 0.0) -> bool:
    """Hands the chunk back: done when nothing waits in it (True), else open again at the time
    of its earliest retry, and not before `rest` seconds from now."""
    state = session.execute(
        _CLOSE,
        {
            "id": chunk.id,
            "token": chunk.token,
            "campaign": chunk.campaign_id,
            "first": chunk.first,
            "last": chunk.last,
            "rest": timedelta(seconds=rest),
        },
    ).scalar()
    return state == "done"


def note_trouble(session: Session, campaign_id: int, trouble: str) -> None:
    """Says of a campaign why the mail server cannot be reached, or "" that it can again."""
    session.execute(
        text("update campaign set trouble = :trouble where id = :id and trouble <> :trouble"),
        {"id": campaign_id, "trouble": trouble},
    )


def finish_campaign(session: Session, campaign_id: int) -> bool:
    """Ends a campaign whose chunks are all done; True for the one call that did it."""
    result = session.execute(_FINISH, {"campaign": campaign_id})
    return bool(result.rowcount)  # type: ignore[attr-defined]
