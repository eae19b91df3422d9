"""What an editor does with a campaign: take its time back, pause, resume, cancel; `campaign_when`
sets the time and `checklist` sends it.

Each step is a compare-and-set of the use case; whoever comes second gets 409 and the page of the
campaign as it really stands.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import IN_FLIGHT, CampaignConflict, CampaignState
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.campaign_steps import CampaignMissing, load
from app.usecases.manage_campaigns import (
    cancel_campaign,
    pause_campaign,
    resume_campaign,
    unschedule,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import campaign_page
from app.web.admin.display import when
from app.web.admin.i18n import gettext
from app.web.admin.queries.people import who_sent
from app.web.admin.record import audit
from app.web.admin.words import CAMPAIGN_STATES

_STEPS_ON_THE_WAY = {
    f"admin.{step}"
    for step in ("pause", "confirm_resume", "resume", "cancel", "unschedule_campaign")
}
"""Steps of campaigns that were sent or scheduled: that they were is no news to who takes one."""

GOES_OUT = (CampaignState.SCHEDULED, *IN_FLIGHT, CampaignState.FINISHED, CampaignState.NEEDS_REVIEW)


@blueprint.post("/campaigns/<int:campaign_id>/unschedule")
@needs(Role.EDITOR)
def unschedule_campaign(campaign_id: int) -> Response:
    unschedule(scope.session(), campaign_id=campaign_id)
    return _done("campaign.unschedule", campaign_id, gettext("It is a draft again."))


@blueprint.post("/campaigns/<int:campaign_id>/pause")
@needs(Role.EDITOR)
def pause(campaign_id: int) -> Response:
    pause_campaign(scope.session(), campaign_id=campaign_id)
    words = gettext("Paused. What is with the mail server already still arrives.")
    return _done("campaign.pause", campaign_id, words)


@blueprint.get("/campaigns/<int:campaign_id>/resume")
@needs(Role.EDITOR)
def confirm_resume(campaign_id: int) -> str:
    campaign = load(scope.session(), campaign_id)
    if campaign.state is not CampaignState.PAUSED:
        raise CampaignConflict(campaign.state, CampaignState.SENDING)
    return campaign_page(campaign, asks="resume")


@blueprint.post("/campaigns/<int:campaign_id>/resume")
@needs(Role.EDITOR)
def resume(campaign_id: int) -> Response:
    resume_campaign(scope.session(), campaign_id=campaign_id)
    return _done("campaign.resume", campaign_id, gettext("It goes on where it stopped."))


@blueprint.get("/campaigns/<int:campaign_id>/cancel")
@needs(Role.EDITOR)
def confirm_cancel(campaign_id: int) -> str:
    campaign = load(scope.session(), campaign_id)
    return campaign_page(campaign, asks="cancel")


@blueprint.post("/campaigns/<int:campaign_id>/cancel")
@needs(Role.EDITOR)
def cancel(campaign_id: int) -> Response:
    cancel_campaign(scope.session(), now=scope.now(), campaign_id=campaign_id)
    return _done("campaign.cancel", campaign_id, gettext("Cancelled. Nobody else is written to."))


def _done(action: str, campaign_id: int, words: str) -> Response:
    audit(action, object_type="campaign", object_id=campaign_id)
    scope.commit()
    flash(words)
    return _back(campaign_id)


def _back(campaign_id: int) -> Response:
    return redirect(url_for("admin.campaign", campaign_id=campaign_id))


@blueprint.errorhandler(CampaignConflict)
def _conflict(_refusal: CampaignConflict) -> tuple[str, int]:
    """Somebody was faster, or the button was pressed twice."""
    scope.session().rollback()
    campaign = load(scope.session(), (request.view_args or {})["campaign_id"])
    return campaign_page(campaign, conflict=_what_stands(campaign)), 409


def _what_stands(campaign: Campaign) -> str:
    """Why nothing was changed: of a campaign that is sent already, by whom."""
    state = CAMPAIGN_STATES[campaign.state]
    was_sent = campaign.state in GOES_OUT and request.endpoint not in _STEPS_ON_THE_WAY
    if was_sent and campaign.queued_at is None:
        return gettext(
            "It is scheduled already: it goes out %(when)s. Below is how it really stands.",
            when=when(campaign.send_at),
        )
    if was_sent and (name := who_sent(scope.session(), campaign.id)):
        return gettext(
            "%(name)s has sent it already, and it is not sent twice. Below is how it really "
            "stands.",
            name=name,
        )
    return gettext(
        "The campaign's state is now “%(state)s”, which does not allow this step. Below is how it "
        "really stands.",
        state=state,
    )


@blueprint.errorhandler(CampaignMissing)
def _missing(_error: CampaignMissing) -> tuple[str, int]:
    return render_template("admin/error.html", code=404), 404
