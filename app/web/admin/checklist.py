"""The checklist before sending: it is really run, by a worker, and looked at before the button.

A run says something only about the campaign as it was; once that has changed it is run anew.
With errors there is no button; warnings are accepted with a tick that is written down.
"""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.campaign import CampaignConflict, CampaignState
from app.domain.preflight import Checklist, RunState
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.check_campaign import check_whole
from app.usecases.manage_campaigns import request_send
from app.usecases.preflight import (
    NotCleared,
    clear_for_sending,
    newest_run,
    request_preflight,
    standing,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.campaign_page import list_facts
from app.web.admin.checklist_words import CHECKS, finding_words
from app.web.admin.display import percent
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.campaigns import articles_of
from app.web.admin.queries.people import staff_name
from app.web.admin.record import audit

_SHOWN_FOR = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.NEEDS_REVIEW)
_UNDER_WAY = (RunState.PENDING, RunState.RUNNING)


@blueprint.get("/campaigns/<int:campaign_id>/send")
@needs(Role.EDITOR)
def confirm_send(campaign_id: int) -> str:
    """What was found, and who will get what, before the button that does it."""
    campaign = load(scope.session(), campaign_id)
    if campaign.prepared_at is not None or campaign.state not in _SHOWN_FOR:
        raise CampaignConflict(campaign.state, CampaignState.SCHEDULED)
    check_whole(campaign)
    return _page(campaign)


@blueprint.post("/campaigns/<int:campaign_id>/check")
@needs(Role.EDITOR)
def check_campaign(campaign_id: int) -> Response:
    """Has the checklist run, and shows it."""
    run = request_preflight(
        scope.session(), now=scope.now(), campaign_id=campaign_id, staff_id=current_staff().id
    )
    scope.commit((queue.RUN_PREFLIGHT, run.id))
    return redirect(url_for("admin.confirm_send", campaign_id=campaign_id))


@blueprint.get("/campaigns/<int:campaign_id>/check")
@needs(Role.VIEWER)
@passive
def check_progress(campaign_id: int) -> Response:
    """How far the newest run is."""
    run = newest_run(scope.session(), load(scope.session(), campaign_id).id)
    if run is None:
        abort(404)
    return jsonify(
        state=run.state.value, done=run.done, total=run.total, percent=percent(run.done, run.total)
    )


@blueprint.post("/campaigns/<int:campaign_id>/send")
@needs(Role.EDITOR)
def send_campaign(campaign_id: int) -> Response | tuple[str, int]:
    session, now = scope.session(), scope.now()
    campaign = load(session, campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignConflict(campaign.state, CampaignState.SCHEDULED)
    try:
        clear_for_sending(
            session,
            scope.settings(),
            now=now,
            campaign_id=campaign_id,
            accept_warnings="accept" in request.form,
            staff_id=current_staff().id,
        )
    except NotCleared as refusal:
        return _page(campaign, refusal=refusal.code), 409
    request_send(session, now=now, campaign_id=campaign_id)
    audit("campaign.send", object_type="campaign", object_id=campaign_id)
    scope.commit((queue.PREPARE_CAMPAIGN, campaign_id))
    flash(gettext("The campaign is on its way."))
    return redirect(url_for("admin.campaign", campaign_id=campaign_id))


def _page(campaign: Campaign, refusal: str = "") -> str:
    session = scope.session()
    found = standing(session, scope.settings(), campaign, now=scope.now())
    run = found.run
    checklist = found.checklist if found.is_current else None
    return render_template(
        "admin/campaign_send.html",
        campaign=campaign,
        run=run,
        is_under_way=run is not None and run.state in _UNDER_WAY,
        checklist=checklist,
        readers=_readers(checklist),
        accepted_by=staff_name(session, run.accepted_by) if run and run.accepted_at else "",
        refusal=refusal,
        articles=articles_of(session, campaign),
        check_titles=CHECKS,
        finding_words=finding_words,
        **list_facts([campaign]),
    )


def _readers(checklist: Checklist | None) -> int:
    if checklist is None:
        return 0
    counted = (f.numbers.get("readers", 0) for f in checklist.findings if f.code == "audience")
    return int(next(counted, 0))
