"""What the steps share by which a campaign is made: opening a draft, knowing where one is, saving
and going on. A draft is saved at every step and can be taken up at any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignConflict, CampaignKind, CampaignState
from app.domain.staff import Role, may
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.check_campaign import InvalidCampaign, check_whole
from app.usecases.draft_campaign import DraftChanged
from app.web import scope
from app.web.admin.blueprint import blueprint
from app.web.admin.campaign_page import list_facts
from app.web.admin.forms.wizard import StepForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.record import audit
from app.web.admin.words import CAMPAIGN_REFUSALS

STEPS = (
    "campaign_kind",
    "campaign_content",
    "campaign_audience",
    "campaign_look",
    "preview",
    "campaign_when",
)
"""The pages in their order, by endpoint."""

_OF_THE_SCHEDULE = frozenset({"campaign_kind", "campaign_audience", "campaign_when"})
"""Steps that a schedule has decided for the runs that wait for approval."""

_STEP_OF_LACK = {
    "needs_article": "campaign_content",
    "needs_articles": "campaign_content",
    "needs_note": "campaign_content",
    "needs_subject": "campaign_look",
}

_STEP_OF_PAGE = {
    "confirm_send": "campaign_when",
    "send_campaign": "campaign_when",
    "send_test": "preview",
}
"""Pages that belong to a step without being its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLink:
    """One step in the line above the page."""

    endpoint: str
    words: str
    url: str
    is_here: bool
    lacks: bool


class DecidedBySchedule(Exception):
    """The draft is a schedule's run; this step of it is the schedule's."""


def open_draft(campaign_id: int, step: str = "") -> Campaign:
    """The draft, for a step of its making. Raises `CampaignConflict` when it is none any more,
    `DecidedBySchedule`, `CampaignMissing`."""
    campaign = load(scope.session(), campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignConflict(campaign.state, CampaignState.DRAFT)
    if step not in _steps_for(campaign) and step:
        raise DecidedBySchedule(campaign_id)
    return campaign


def _steps_for(campaign: Campaign) -> list[str]:
    mine = campaign.approval is None
    return [step for step in STEPS if mine or step not in _OF_THE_SCHEDULE]


def step_to_open(campaign: Campaign) -> str:
    """Where a draft is taken up again: at what it lacks, else at the preview, which shows all of
    it beside the line of steps."""
    lack = lack_of(campaign)
    return _STEP_OF_LACK.get(lack, "campaign_content") if lack else "preview"


def lack_of(campaign: Campaign) -> str | None:
    """What the draft lacks before it can be sent, as a stable code."""
    try:
        check_whole(campaign)
    except InvalidCampaign as refusal:
        return refusal.code
    return None


def to_what_lacks(campaign_id: int, refusal: InvalidCampaign) -> Response:
    """Back to the step that has something missing, with what that is."""
    flash(CAMPAIGN_REFUSALS.get(refusal.code) or gettext("This cannot be accepted."), "bad")
    endpoint = _STEP_OF_LACK.get(refusal.code, "campaign_content")
    return redirect(url_for(f"admin.{endpoint}", campaign_id=campaign_id))


def steps_of(campaign: Campaign) -> list[StepLink]:
    """The line of steps of a draft; the page that is shown is marked in it."""
    labels = {
        "campaign_kind": gettext("Kind"),
        "campaign_content": gettext("Text")
        if campaign.kind is CampaignKind.ANNOUNCEMENT
        else gettext("Content"),
        "campaign_audience": gettext("Readers"),
        "campaign_look": gettext("Look and subject"),
        "preview": gettext("Preview"),
        "campaign_when": gettext("Send"),
    }
    lacking = _STEP_OF_LACK.get(lack_of(campaign) or "")
    here = (request.endpoint or "").removeprefix("admin.")
    here = _STEP_OF_PAGE.get(here, here)
    return [
        StepLink(
            endpoint=step,
            words=labels[step],
            url=url_for(f"admin.{step}", campaign_id=campaign.id),
            is_here=step == here,
            lacks=step == lacking,
        )
        for step in _steps_for(campaign)
        if step != "campaign_when" or may(current_staff().role, Role.EDITOR)
    ]


def wizard_page(step: str, campaign: Campaign, form: StepForm, **more: Any) -> str:
    """The page of a step, with the line of steps above it."""
    if not form.is_submitted():
        form.reopened(campaign.version)
    return render_template(
        f"admin/wizard/{step}.html",
        campaign=campaign,
        form=form,
        **list_facts([campaign]),
        **more,
    )


def saved(
    campaign_id: int, form: StepForm, save: Callable[[int], Campaign], action: str, **detail: Any
) -> bool:
    """Saves over the version that the page was opened with and commits; False when somebody else
    had saved the draft since, which the page then says. Raises what `save` raises."""
    try:
        save(form.seen_version)
    except DraftChanged as late:
        scope.session().rollback()
        form.reopened(late.version)
        return False
    audit(action, object_type="campaign", object_id=campaign_id, **detail)
    scope.commit()
    return True


def go_on(campaign: Campaign, step: str) -> Response:
    """To the step after this one, or out of the draft if that was asked for."""
    if request.form.get("go") == "leave":
        flash(gettext("The draft is kept. Go on with it whenever you like."))
        return redirect(url_for("admin.campaigns"))
    steps = _steps_for(campaign)
    following = steps[steps.index(step) + 1]
    return redirect(url_for(f"admin.{following}", campaign_id=campaign.id))


@blueprint.errorhandler(InvalidCampaign)
def _not_whole(refusal: InvalidCampaign) -> Response:
    """Somebody wanted to send a draft that lacks something."""
    scope.session().rollback()
    return to_what_lacks((request.view_args or {})["campaign_id"], refusal)


@blueprint.errorhandler(DecidedBySchedule)
def _of_schedule(_refusal: DecidedBySchedule) -> Response:
    words = gettext("This is the run of a schedule, which decides its kind, readers and time.")
    flash(words, "warn")
    number = (request.view_args or {})["campaign_id"]
    return redirect(url_for("admin.campaign", campaign_id=number))


@blueprint.context_processor
def _steps() -> dict[str, Any]:
    return {"draft_steps": steps_of}
