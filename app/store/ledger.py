"""The ledger's hot statements: handing out a group of deliveries, recording its results.

Every statement of a worker is guarded by the token of its lease (`app.store.leases`): under an
old token no row changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.delivery import DeliveryState
from app.store.leases import LeasedChunk, LeaseLost


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """One delivery that may now be sent: committed as `handing` before SMTP is spoken."""

    ordinal: int
    subscriber_id: int
    email: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one handed delivery. `retry_in` is seconds, for a deferred one; `free`
    means that the hand-over does not count as an attempt."""

    ordinal: int
    state: DeliveryState
    code: int | None = None
    reply: str | None = None
    retry_in: float | None = None
    free: bool = False


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
    attempt = d.attempt - case when r.free then 1 else 0 end
from unnest(cast(:ordinals as int[]), cast(:states as delivery_state[]),
            cast(:codes as smallint[]), cast(:replies as text[]), cast(:retries as float8[]),
            cast(:free as bool[]))
     as r(ordinal, state, code, reply, retry_in, free)
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
    session: Session,
    chunk: LeasedChunk,
    results: Sequence[Result],
    *,
    sent: Sequence[int] = (),
    lease: float,
) -> None:
    """Writes the results of one group, with the ordinals that were `sent` and need no more said,
    and renews the lease; raises `LeaseLost` under an old token. Locks the chunk first, so that a
    taker-over waits and then sees these results."""
    count = dict.fromkeys(DeliveryState, 0)
    for result in results:
        count[result.state] += 1
    renewed = session.execute(
        _RENEW,
        {
            "id": chunk.id,
            "token": chunk.token,
            "lease": timedelta(seconds=lease),
            "sent": count[DeliveryState.SENT] + len(sent),
            "failed": count[DeliveryState.FAILED],
            "deferred": count[DeliveryState.DEFERRED],
            "unknown": count[DeliveryState.UNKNOWN],
        },
    ).one_or_none()
    if renewed is None:
        raise LeaseLost
    if sent:
        where = {"campaign": chunk.campaign_id, "ordinals": list(sent)}
        if session.execute(_SENT, where).rowcount != len(sent):  # type: ignore[attr-defined]
            raise LeaseLost
    if results and _write_results(session, chunk, results) != len(results):
        raise LeaseLost


def _write_results(session: Session, chunk: LeasedChunk, results: Sequence[Result]) -> int:
    written = session.execute(
        _RESULTS,
        {
            "campaign": chunk.campaign_id,
            "ordinals": [r.ordinal for r in results],
            "states": [r.state.value for r in results],
            "codes": [r.code for r in results],
            "replies": [r.reply for r in results],
            "retries": [r.retry_in for r in results],
            "free": [r.free for r in results],
        },
    )
    return int(written.rowcount)  # type: ignore[attr-defined]


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
