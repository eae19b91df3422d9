"""The gate before freezing: no campaign is prepared whose content has errors.

A campaign that an editor sends was checked just before, and passes; one that goes out by itself,
or whose content changed in between, is checked here. Warnings are recorded and stop nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState
from app.domain.preflight import RunState
from app.store.tables import Campaign
from app.usecases.campaign_steps import load, step
from app.usecases.compose_edition import coming_candidates
from app.usecases.preflight import newest_run, request_preflight, standing
from app.usecases.record_audit import record
from app.usecases.run_preflight import run_preflight

STOPPED = "preflight_errors"
"""The reason of a campaign that waits for an editor because its checklist has errors."""


def pass_gate(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, campaign_id: int
) -> bool:
    """Whether the campaign may be frozen now; one that carries nothing may, and is skipped then.
    With errors it goes to `needs_review`; while somebody else is at its checklist, or when an
    article came in meanwhile, the answer is no, and the tick asks again.

    Raises `PreflightBroke` when the checks themselves did not end.
    """
    with sessions() as session:
        campaign = load(session, campaign_id)
        if _is_empty(session, campaign, now=now):
            return True
        is_known = standing(session, settings, campaign, now=now).is_current
        session.rollback()
    if not is_known:
        with sessions.begin() as session:
            run_id = request_preflight(session, now=now, campaign_id=campaign_id, staff_id=None).id
        if not run_preflight(sessions, settings, now=now, run_id=run_id, counted=False):
            return False
    with sessions.begin() as session:
        return _judge(session, settings, now=now, campaign_id=campaign_id)


def _is_empty(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Whether there is nothing that it could carry now."""
    if campaign.kind is CampaignKind.ANNOUNCEMENT:
        return False
    return not coming_candidates(session, campaign, now=now).fresh_ids


class PreflightBroke(Exception):
    """The checks did not end; the text says why."""


def _judge(session: Session, settings: Settings, *, now: datetime, campaign_id: int) -> bool:
    run = newest_run(session, campaign_id)
    if run is not None and run.state is RunState.FAILED:
        raise PreflightBroke(run.error)
    found = standing(session, settings, load(session, campaign_id), now=now)
    if found.checklist is None or not found.is_current:
        return False
    errors = [finding.code for finding in found.checklist.errors]
    if not errors:
        return True
    step(session, campaign_id, CampaignState.NEEDS_REVIEW, reason=STOPPED)
    record(
        session,
        now=now,
        action="preflight.stop",
        object_type="campaign",
        object_id=campaign_id,
        detail={"errors": errors},
    )
    return False
