"""The steps of the campaign machine in the database: each a compare-and-set on the state.

Whoever's statement changed the row has won; the other gets `CampaignConflict`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.campaign import SOURCES_OF, CampaignConflict, CampaignState
from app.store.tables import Campaign


class CampaignMissing(Exception):
    """There is no campaign of this number."""


def step(
    session: Session,
    campaign_id: int,
    target: CampaignState,
    *,
    only_from: tuple[CampaignState, ...] | None = None,
    **values: Any,
) -> Campaign:
    """Takes the campaign to `target` and sets `values` with it.

    Raises `CampaignConflict` with the state that stood in the way, or `CampaignMissing`.
    """
    changed = session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.state.in_(only_from or SOURCES_OF[target]))
        .values(state=target, version=Campaign.version + 1, **values)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    campaign = load(session, campaign_id)
    if changed is None:
        raise CampaignConflict(campaign.state, target)
    return campaign


def load(session: Session, campaign_id: int) -> Campaign:
    """The campaign as it stands now. Raises `CampaignMissing`."""
    campaign = session.scalars(
        select(Campaign).where(Campaign.id == campaign_id).execution_options(populate_existing=True)
    ).one_or_none()
    if campaign is None:
        raise CampaignMissing(campaign_id)
    return campaign
