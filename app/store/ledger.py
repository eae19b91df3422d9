"""The ledger's hot statements: leasing a chunk, handing out a group, recording its results.

Time in here is the database's `clock_timestamp()`, so that workers on several machines agree
about leases whatever their own clocks say. Every statement of a worker is guarded by the token
of its lease: under an old token no row changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.campaign import UncertainPolicy
from app.domain.delivery import DeliveryState


@dataclass(frozen=True, kw_only=True, slots=True)
class LeasedChunk:
    """A chunk in this worker's hands. `broken_journal` names the journal of the worker that held
    it before and did not finish; None when it was handed back properly."""

    id: int
    campaign_id: int
    variant_id: int
    first: int
    last: int
    date_at: datetime
    token: UUID
    policy: UncertainPolicy
    leases: int
    broken_journal: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """One delivery that may now be sent: committed as `handing` before SMTP is spoken."""

    ordinal: int
    subscriber_id: int
    email: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one handed delivery. `retry_in` is seconds, for a deferred one."""

    ordinal: int
    state: DeliveryState
    code: int | None = None
    reply: str | None = None
    retry_in: float | None = None


class LeaseLost(Exception):
    """Another worker holds the chunk now; what this one still knows must not be written."""


_LEASE = text("""
with old as (
    select c.id, c.state, c.journal, k.policy
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
          old.policy, case when old.state = 'leased' then old.journal end as broken_journal
""")

_RENEW = text("""
update chunk
set leased_until = clock_timestamp() + :lease,
    sent = sent + :sent, failed = failed + :failed, deferred = deferred + :deferred,
    unknown = unknown + :unknown
where id = :id and token = :token
returning id
""")

_SENT = text("""
update delivery set state = 'sent', at = clock_timestamp()
where campaign_id = :campaign and ordinal = any(:ordinals) and state = 'handing'
""")

_RESULTS = text("""
update delivery d
set state = r.state, at = clock_timestamp(), code = r.code, reply = r.reply,
    retry_at = clock_timestamp() + make_interval(secs => r.retry_in),
    attempt = d.attempt - case when r.state = 'pending' then 1 else 0 end
from unnest(cast(:ordinals as int[]), cast(:states as delivery_state[]),
            cast(:codes as smallint[]), cast(:replies as text[]), cast(:retries as float8[]))
     as r(ordinal, state, code, reply, retry_in)
where d.campaign_id = :campaign and d.ordinal = r.ordinal and d.state = 'handing'
""")

_HAND = text("""
with due as materialized (
    select d.ordinal, d.state as was, s.id as subscriber_id, s.email
    from delivery d
    left join subscriber s on s.id = d.subscriber_id and s.state = 'active'
    where d.campaign_id = :campaign and d.ordinal between :first and :last
      and (d.state = 'pending' or d.state = 'deferred' and d.retry_at <= clock_timestamp())
      and exists (select from campaign k where k.id = :campaign and k.state = 'sending')
    order by d.ordinal limit :size
)
update delivery d
set state = case when due.email is null then 'skipped' else 'handing' end :: delivery_state,
    attempt = d.attempt + case when due.email is null then 0 else 1 end,
    retry_at = null
from due where d.campaign_id = :campaign and d.ordinal = due.ordinal
returning d.ordinal, due.subscriber_id, due.email, d.attempt, due.was = 'deferred' as deferred
""")

_RECOUNT = text("""
update chunk set skipped = skipped + :skipped, deferred = deferred - :deferred
where id = :id and token = :token
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
    version = version + 1, finished_at = clock_timestamp()
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


def hand_group(session: Session, chunk: LeasedChunk, *, size: int) -> list[Handed]:
    """Marks up to `size` due deliveries as `handing`, in order, and returns them.

    In the same statement, readers who left or were suppressed become `skipped`, and a campaign
    that is not sending any more hands out nothing. Empty means nothing is due in this chunk.
    """
    while True:
        rows = session.execute(
            _HAND,
            {
                "campaign": chunk.campaign_id,
                "first": chunk.first,
                "last": chunk.last,
                "size": size,
            },
        ).all()
        handed = [
            Handed(ordinal=ordinal, subscriber_id=reader, email=email, attempt=attempt)
            for ordinal, reader, email, attempt, _ in rows
            if email is not None
        ]
        skipped, deferred = len(rows) - len(handed), sum(row.deferred for row in rows)
        if skipped or deferred:
            session.execute(
                _RECOUNT,
                {"id": chunk.id, "token": chunk.token, "skipped": skipped, "deferred": deferred},
            )
        if handed or not rows:
            handed.sort(key=lambda one: one.ordinal)
            return handed


def record_group(
    session: Session, chunk: LeasedChunk, results: Sequence[Result], *, lease: float
) -> None:
    """Writes the results of one group and renews the lease; raises `LeaseLost` under an old
    token. Locks the chunk first, so that a taker-over waits and then sees these results."""
    count = dict.fromkeys(DeliveryState, 0)
    for result in results:
        count[result.state] += 1
    renewed = session.execute(
        _RENEW,
        {
            "id": chunk.id,
            "token": chunk.token,
            "lease": timedelta(seconds=lease),
            "sent": count[DeliveryState.SENT],
            "failed": count[DeliveryState.FAILED],
            "deferred": count[DeliveryState.DEFERRED],
            "unknown": count[DeliveryState.UNKNOWN],
        },
    ).one_or_none()
    if renewed is None:
        raise LeaseLost
    if results and _write_results(session, chunk, results) != len(results):
        raise LeaseLost


def _write_results(session: Session, chunk: LeasedChunk, results: Sequence[Result]) -> int:
    ordinals = [r.ordinal for r in results]
    if all(r.state is DeliveryState.SENT for r in results):
        where = {"campaign": chunk.campaign_id, "ordinals": ordinals}
        return int(session.execute(_SENT, where).rowcount)  # type: ignore[attr-defined]
    written = session.execute(
        _RESULTS,
        {
            "campaign": chunk.campaign_id,
            "ordinals": ordinals,
            "states": [r.state.value for r in results],
            "codes": [r.code for r in results],
            "replies": [r.reply for r in results],
            "retries": [r.retry_in for r in results],
        },
    )
    return int(written.rowcount)  # type: ignore[attr-defined]


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


def finish_campaign(session: Session, campaign_id: int) -> bool:
    """Ends a campaign whose chunks are all done; True for the one call that did it."""
    result = session.execute(_FINISH, {"campaign": campaign_id})
    return bool(result.rowcount)  # type: ignore[attr-defined]


def uncertain_ordinals(session: Session, chunk: LeasedChunk) -> list[int]:
    """The deliveries that a worker before this one left in `handing`."""
    rows = session.execute(
        text(
            "select ordinal from delivery where campaign_id = :campaign"
            " and ordinal between :first and :last and state = 'handing'"
        ),
        {"campaign": chunk.campaign_id, "first": chunk.first, "last": chunk.last},
    )
    return list(rows.scalars())
