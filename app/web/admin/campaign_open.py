"""Opening a campaign: a draft opens where it is made, every other on the page that shows how it
stands."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignState
from app.domain.staff import Role, may
from app.usecases.campaign_steps import load
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import campaign_page
from app.web.admin.campaign_wizard import step_to_open
from app.web.admin.identity import current_staff


@blueprint.get("/campaigns/<int:campaign_id>")
@needs(Role.VIEWER)
def campaign(campaign_id: int) -> str | Response:
    """Who may not make drafts looks at one here, and so does everybody at a schedule's run, of
    which only a part can be changed."""
    found = load(scope.session(), campaign_id)
    is_made_in_steps = found.state is CampaignState.DRAFT and found.approval is None
    if is_made_in_steps and may(current_staff().role, Role.AUTHOR):
        return redirect(url_for(f"admin.{step_to_open(found)}", campaign_id=campaign_id))
    return campaign_page(found)
