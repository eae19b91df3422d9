"""Sets a draft to reach each reader in their own morning: an editor's choice for one campaign, as
a schedule does it for each of its own (`run_schedule`)."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.morning import closing, count_by_zone
from app.store.audience import reader_zones
from app.store.tables import Campaign
from app.usecases.campaign_steps import load, step
from app.usecases.check_campaign import InvalidCampaign, check_whole
from app.usecases.try_subjects import second_subject


def morning_closes(
    session: Session, campaign: Campaign, *, day: date, local_time: time, site_zone: str
) -> datetime:
    """When the edition of this day would close (UTC), as the readers of its paces live now."""
    readers = count_by_zone(reader_zones(session, campaign.cadences), site=site_zone)
    return closing(day, local_time, readers)


def schedule_morning(
    session: Session,
    *,
    now: datetime,
    campaign_id: int,
    day: date,
    local_time: time,
    site_zone: str,
) -> Campaign:
    """Lets the draft reach every reader at `local_time` of `day` on their own clock; a reader
    whose zone is not known is taken to live in `site_zone`.

    Raises `CampaignConflict`, and `InvalidCampaign`: "morning_has_passed" when the morning has
    come to the easternmost readers already, "test_in_the_morning" when two subjects are to be
    tried, which needs one time for all, or what the draft lacks.
    """
    campaign = load(session, campaign_id)
    check_whole(campaign)
    if second_subject(session, campaign_id).subject:
        raise InvalidCampaign("test_in_the_morning")
    closes = morning_closes(session, campaign, day=day, local_time=local_time, site_zone=site_zone)
    if closes <= now:
        raise InvalidCampaign("morning_has_passed")
    return step(
        session,
        campaign_id,
        CampaignState.SCHEDULED,
        only_from=(CampaignState.DRAFT,),
        send_at=closes,
        queued_at=None,
        morning_day=day,
        morning_time=local_time,
        morning_zone=site_zone,
    )
