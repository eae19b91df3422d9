"""Decides about deliveries of a campaign with the policy `hold` whose answer was lost: nobody
knows whether they arrived, and the campaign repeats nothing by itself.

An editor says for one or for all: send again, or leave as sent. While the campaign still sends
nothing is decided; it comes to `needs_review` when all else is done.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignConflict, CampaignState
from app.domain.delivery import Decision
from app.store.tables import Campaign
from app.store.uncertain import has_uncertain, keep_counts, settle_uncertain
from app.usecases.campaign_steps import load, step

_TARGETS = {Decision.AGAIN: CampaignState.SENDING, Decision.LEAVE: CampaignState.FINISHED}


class DecidedAlready(Exception):
    """Somebody else has decided about these deliveries."""


def decide_uncertain(
    session: Session, *, campaign_id: int, decision: Decision, ordinal: int | None = None
) -> int:
    """Carries the decision out for one delivery, or for all that are uncertain; returns how many.

    What is sent again goes out within seconds: the campaign sends once more. When nothing is
    uncertain any more and nothing goes out again, it is finished.

    Raises `CampaignConflict` while the campaign is not waiting for a decision, `DecidedAlready`
    when there is nothing (any more) to decide, `CampaignMissing`.
    """
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    campaign = load(session, campaign_id)
    if campaign.state is not CampaignState.NEEDS_REVIEW:
        raise CampaignConflict(campaign.state, _TARGETS[decision])
    decided = settle_uncertain(session, campaign_id, decision, ordinal=ordinal)
    if not decided:
        raise DecidedAlready
    only_from = (CampaignState.NEEDS_REVIEW,)
    if decision is Decision.AGAIN:
        step(session, campaign_id, CampaignState.SENDING, only_from=only_from, finished_at=None)
    elif not has_uncertain(session, campaign_id):
        keep_counts(session, campaign_id)
        step(session, campaign_id, CampaignState.FINISHED, only_from=only_from)
    return decided
