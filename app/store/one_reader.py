"""What a campaign has for one reader: the list that freezing would give, or the variant it gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.window import Candidate, list_mask
from app.store.audience import MEANT_FOR, SENT, meant_for, narrowed, overlapping
from app.store.tables import Campaign


def reader_list(
    session: Session,
    campaign: Campaign,
    candidates: Sequence[Candidate],
    subscriber_id: int,
    *,
    since: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> int | None:
    """The list that this one reader would get, as a mask: what `freeze_readers` would give.
    None for somebody the campaign is not meant for."""
    asked = f"""
    select topic_mask, coalesce(cadence_changed_at > cast(:since as timestamptz), false) as late
    from subscriber where id = :reader and id in (select id from ({MEANT_FOR}) as meant)
    """  # noqa: S608  our own words
    values = {**meant_for(campaign, now), "since": since, "reader": subscriber_id}
    row = narrowed(session, asked, campaign, values, now=now, zone=zone, whole=False).one_or_none()
    if row is None:
        return None
    sent = session.execute(
        text(f"{SENT} and d.subscriber_id = :reader group by d.subscriber_id"),
        {**overlapping(session, candidates), "reader": subscriber_id},
    ).one_or_none()
    return list_mask(row.topic_mask, candidates, late=row.late) & ~(sent.mask if sent else 0)


def variant_of_reader(session: Session, campaign_id: int, subscriber_id: int) -> int | None:
    """The variant that a frozen campaign has for this reader, None when it has none."""
    found = session.scalar(
        text("""
        select c.variant_id from delivery d
        join chunk c on c.campaign_id = d.campaign_id and d.ordinal between c.first and c.last
        where d.campaign_id = :campaign and d.subscriber_id = :reader
        """),
        {"campaign": campaign_id, "reader": subscriber_id},
    )
    return None if found is None else int(found)
