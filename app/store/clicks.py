"""The statements of a click: what the link is, and one more in its hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenLink:
    """A link of a campaign, and how far the campaign is."""

    url: str
    campaign_id: int
    state: CampaignState
    finished_at: datetime | None


_LINK = text("""
select l.url, l.campaign_id, k.state, k.finished_at
from campaign_link l join campaign k on k.id = l.campaign_id where l.id = :link
""")

_COUNT = text("""
insert into link_clicks (link_id, hour, people, machines)
values (:link, :hour, greatest(:people, 0), :machines)
on conflict (link_id, hour) do update
set people = greatest(link_clicks.people + :people, 0),
    machines = link_clicks.machines + :machines
""")


def find_link(session: Session, link_id: int) -> FrozenLink | None:
    row = session.execute(_LINK, {"link": link_id}).one_or_none()
    if row is None:
        return None
    return FrozenLink(
        url=row.url,
        campaign_id=row.campaign_id,
        state=CampaignState(row.state),
        finished_at=row.finished_at,
    )


def count(
    session: Session, link_id: int, hour: datetime, *, people: int = 0, machines: int = 0
) -> None:
    """Adds to the clicks of a link in an hour; `people` below 0 takes some back."""
    session.execute(_COUNT, {"link": link_id, "hour": hour, "people": people, "machines": machines})
