"""The page where an editor approves a run or holds it back. The mail of the tick leads here.

Each decision is a compare-and-set on what the editor has seen; who comes second gets 409 and is
told what was decided, and by whom.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.campaign import Approval, CampaignConflict, CampaignState
from app.domain.staff import Role
from app.store.tables import Campaign, Schedule
from app.usecases.approve_run import approve_run, hold_run
from app.usecases.campaign_steps import load
from app.usecases.compose_edition import coming_candidates
from app.usecases.preflight import standing
from app.usecases.preview_edition import mail_for_all
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import when, zone_of
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import schedules as reads
from app.web.admin.queries.content import articles_in_order
from app.web.admin.record import audit


@blueprint.get("/campaigns/<int:campaign_id>/approval")
@needs(Role.VIEWER)
def approval(campaign_id: int) -> str:
    return _page(_run(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/approve")
@needs(Role.EDITOR)
def approve(campaign_id: int) -> Response | tuple[str, int]:
    _run(campaign_id)
    try:
        run = approve_run(
            scope.session(),
            now=scope.now(),
            campaign_id=campaign_id,
            version=_version_seen(),
            staff_id=current_staff().id,
        )
    except CampaignConflict:
        return _too_late(campaign_id)
    audit("campaign.approve", object_type="campaign", object_id=campaign_id)
    at_once = run.queued_at is not None
    scope.commit(*([(queue.PREPARE_CAMPAIGN, campaign_id)] if at_once else []))
    if at_once:
        flash(gettext("Approved: the edition is on its way."))
    else:
        flash(gettext("Approved: it goes out %(when)s.", when=when(run.send_at, _zone(run))))
    return _back(campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/hold")
@needs(Role.EDITOR)
def hold(campaign_id: int) -> Response | tuple[str, int]:
    _run(campaign_id)
    try:
        hold_run(
            scope.session(),
            now=scope.now(),
            campaign_id=campaign_id,
            version=_version_seen(),
            staff_id=current_staff().id,
        )
    except CampaignConflict:
        return _too_late(campaign_id)
    audit("campaign.hold", object_type="campaign", object_id=campaign_id)
    scope.commit()
    flash(gettext("Held back: it does not go out unless somebody approves it after all."))
    return _back(campaign_id)


def _too_late(campaign_id: int) -> tuple[str, int]:
    scope.session().rollback()
    return _page(_run(campaign_id), conflict=True), 409


def _page(run: Campaign, **more: Any) -> str:
    session, settings, now = scope.session(), scope.settings(), scope.now()
    undecided = run.state is CampaignState.DRAFT
    mail = mail_for_all(session, settings, now=now, campaign=run) if undecided else None
    fresh = coming_candidates(session, run, now=now).fresh_ids
    return render_template(
        "admin/approval.html",
        run=run,
        schedule=session.get(Schedule, run.schedule_id) if run.schedule_id else None,
        zone=_zone(run),
        undecided=undecided,
        held=run.approval is Approval.HELD,
        mail=mail,
        articles=articles_in_order(session, fresh) if undecided else [],
        checklist=standing(session, settings, run, now=now).checklist if undecided else None,
        decider=reads.staff_names(session, [run.decided_by]).get(run.decided_by or 0, ""),
        **{"conflict": False, **more},
    )


def _run(campaign_id: int) -> Campaign:
    """The campaign, if it is one that has to be approved."""
    run = load(scope.session(), campaign_id)
    return run if run.approval is not None else abort(404)


def _zone(run: Campaign) -> Any:
    schedule = scope.session().get(Schedule, run.schedule_id) if run.schedule_id else None
    return zone_of(schedule.timezone) if schedule else None


def _version_seen() -> int:
    return request.form.get("version", 0, type=int)


def _back(campaign_id: int) -> Response:
    return redirect(url_for("admin.approval", campaign_id=campaign_id))
