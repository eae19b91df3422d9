"""Numbers for the metrics that the signs of life do not hold: kept counts and few rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.bounce import BounceKind
from app.domain.delivery import DeliveryState as D
from app.store.tables import BounceTally, Campaign, FeedbackTally, ReaderDay, Source

MOST_SOURCES = 200

# Counts are kept in the chunks; those of campaigns that are over do not change any more.
_DELIVERIES = text("""
select coalesce(sum(k.audience), 0), coalesce(sum(c.sent), 0), coalesce(sum(c.failed), 0),
       coalesce(sum(c.deferred), 0), coalesce(sum(c.skipped), 0), coalesce(sum(c.unknown), 0),
       coalesce(sum(c.repeated), 0)
from campaign k
left join lateral (
    select sum(sent) as sent, sum(failed) as failed, sum(deferred) as deferred,
           sum(skipped) as skipped, sum(unknown) as unknown,
           sum(greatest(leases - 1, 0)) as repeated
    from chunk where chunk.campaign_id = k.id
) c on true
where k.state in ('sending', 'paused')
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """`deliveries` are those of the campaigns under way, by state; `repeated_leases` how often
    one of their chunks was handed out again. `sources` are (number, address, last success).
    `bounces` are mails of all campaigns by kind, `feedback` messages by what became of them."""

    campaigns: Mapping[str, int]
    deliveries: Mapping[str, int]
    repeated_leases: int
    readers: Mapping[str, int]
    sources: Sequence[tuple[int, str, datetime | None]]
    bounces: Mapping[str, int]
    feedback: Mapping[str, int]


def measure(session: Session) -> Measures:
    """What is counted now. Reads no large table whole."""
    states = session.execute(select(Campaign.state, func.count()).group_by(Campaign.state))
    whole, sent, failed, deferred, skipped, unknown, repeated = session.execute(_DELIVERIES).one()
    counts = {D.SENT: sent, D.FAILED: failed, D.DEFERRED: deferred, D.SKIPPED: skipped}
    counts[D.UNKNOWN] = unknown
    counts[D.PENDING] = whole - sum(counts.values())
    sources = session.execute(
        select(Source.id, Source.url, Source.succeeded_at)
        .where(Source.active)
        .order_by(Source.id)
        .limit(MOST_SOURCES)
    )
    return Measures(
        campaigns={state.value: count for state, count in states},
        deliveries={state.value: int(count) for state, count in counts.items()},
        repeated_leases=int(repeated),
        readers=_readers(session),
        sources=[(number, url, at) for number, url, at in sources],
        bounces=_bounces(session),
        feedback=dict(session.execute(select(FeedbackTally.outcome, FeedbackTally.messages)).all()),
    )


def _bounces(session: Session) -> dict[str, int]:
    counts = session.execute(
        select(*(func.coalesce(func.sum(getattr(BounceTally, k.value)), 0) for k in BounceKind))
    ).one()
    return {kind.value: int(n) for kind, n in zip(BounceKind, counts, strict=True)}


def _readers(session: Session) -> dict[str, int]:
    last = session.scalar(select(ReaderDay).order_by(ReaderDay.day.desc()).limit(1))
    if last is None:
        return {}
    names = ("active", "unsubscribed", "suppressed", "waiting")
    return {name: getattr(last, name) for name in names}
