"""The statement of a decision about uncertain deliveries.

Only for a campaign that rests in `needs_review`: then all its chunks are done and in nobody's
hands, so that counts and rows are changed together without a lease.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.delivery import Decision

_DECIDE = text("""
with chosen as materialized (
    select c.id as chunk_id, d.ordinal
    from chunk c
    join delivery d on d.campaign_id = c.campaign_id and d.ordinal between c.first and c.last
    where c.campaign_id = :campaign and c.unknown > 0 and d.state = 'unknown'
      and d.ordinal = coalesce(cast(:ordinal as int), d.ordinal)
), moved as (
    update delivery d
    set state = case when :again then 'pending' else 'sent' end :: delivery_state
    from chosen
    where d.campaign_id = :campaign and d.ordinal = chosen.ordinal
), counted as (
    update chunk c
    set unknown = c.unknown - n.decided,
        sent = c.sent + case when :again then 0 else n.decided end,
        state = case when :again then 'open' else 'done' end :: chunk_state,
        due_at = case when :again then clock_timestamp() else c.due_at end,
        queued_at = null
    from (select chunk_id, count(*) as decided from chosen group by chunk_id) as n
    where c.id = n.chunk_id
)
select count(*) from chosen
""")


def settle_uncertain(
    session: Session, campaign_id: int, decision: Decision, *, ordinal: int | None
) -> int:
    """Makes uncertain deliveries pending again, or takes them as sent; returns how many. Without
    an `ordinal` all of the campaign. The caller holds the campaign's row."""
    values = {
        "campaign": campaign_id,
        "again": decision is Decision.AGAIN,
        "ordinal": ordinal,
    }
    return int(session.execute(_DECIDE, values).scalar_one())


def keep_counts(session: Session, campaign_id: int) -> None:
    """Puts what its chunks count beside the campaign, for the lists."""
    session.execute(
        text("""
        update campaign k set (sent, failed) =
            (select sum(c.sent), sum(c.failed) from chunk c where c.campaign_id = k.id)
        where k.id = :id
        """),
        {"id": campaign_id},
    )


def has_uncertain(session: Session, campaign_id: int) -> bool:
    """Whether any delivery of the campaign is still uncertain, by its chunks' counts."""
    return bool(
        session.scalar(
            text("select exists (select from chunk where campaign_id = :id and unknown > 0)"),
            {"id": campaign_id},
        )
    )
