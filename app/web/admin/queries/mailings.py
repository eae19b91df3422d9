"""Reads of what one reader was sent. Deliveries are found by way of their campaigns: from the
newest on, as long as deliveries are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.store.tables import Campaign, Delivery
from app.usecases.prune import KEEP_DELIVERIES
from app.web.admin.queries.campaign_names import schedule_names, subjects_of

SHOWN = 15
_HIGHEST = 2**31 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Mails:
    """A page of what was sent, the newest campaign first; `next_before` is where the next one
    begins, None on the last."""

    mails: list[tuple[Campaign, Delivery]]
    next_before: int | None


def mails_of(session: Session, reader_id: int, *, now: datetime, before: int | None) -> Mails:
    """The campaigns that had a mail for this reader, of those before the campaign `before`."""
    kept_since = now - KEEP_DELIVERIES - timedelta(days=1)
    rows = session.execute(
        select(Campaign, Delivery)
        .join(Delivery, Delivery.campaign_id == Campaign.id)
        .where(
            Delivery.subscriber_id == reader_id,
            Campaign.id < _within_keys(before),
            Campaign.prepared_at.is_not(None),
            or_(Campaign.finished_at.is_(None), Campaign.finished_at > kept_since),
        )
        .order_by(Campaign.id.desc())
        .limit(SHOWN + 1)
    )
    found = [(campaign, delivery) for campaign, delivery in rows]
    shown = found[:SHOWN]
    more = len(found) > SHOWN
    return Mails(mails=shown, next_before=shown[-1][0].id if more else None)


def _within_keys(number: int | None) -> int:
    return _HIGHEST if number is None else min(max(number, 0), _HIGHEST)


def titles_of(session: Session, mails: Sequence[tuple[Campaign, Delivery]]) -> dict[str, Any]:
    """What the campaigns are called, as `campaign_title` in the templates asks."""
    campaigns = [campaign for campaign, _ in mails]
    return {
        "subjects": subjects_of(session, campaigns),
        "schedule_names": schedule_names(session, (campaign.schedule_id for campaign in campaigns)),
    }
