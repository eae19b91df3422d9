"""Deliveries of a campaign that did not go plainly, and what an editor decides about those of
which nobody knows whether they arrived."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignState
from app.domain.delivery import Decision, DeliveryState
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.decide_uncertain import DecidedAlready, decide_uncertain
from app.usecases.manage_campaigns import campaign_counts
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.display import number
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.paging import PAGE_SIZE
from app.web.admin.queries.bounces import came_back
from app.web.admin.queries.deliveries import PROBLEMS, problems_of
from app.web.admin.queries.report import outcomes_of
from app.web.admin.record import audit

_RETURNED = "returned"
"""What came back later: no state of a delivery, which stays sent."""


@blueprint.get("/campaigns/<int:campaign_id>/deliveries")
@needs(Role.VIEWER)
def campaign_deliveries(campaign_id: int) -> str:
    return _list(load(scope.session(), campaign_id))


def _list(campaign: Campaign, *, refused: bool = False) -> str:
    session = scope.session()
    asked = request.args.get("state")
    chosen = next((each for each in PROBLEMS if each == asked), None)
    after = min(max(request.args.get("after", 0, type=int) or 0, 0), 2**31 - 1)
    return render_template(
        "admin/campaign_deliveries.html",
        campaign=campaign,
        counts=campaign_counts(session, campaign.id),
        problems=problems_of(
            session,
            campaign.id,
            states=(chosen,) if chosen else PROBLEMS,
            after=after,
            size=PAGE_SIZE,
        ),
        returned_page=came_back(session, campaign.id, after=after, size=PAGE_SIZE)
        if asked == _RETURNED
        else None,
        outcome=outcomes_of(session, [campaign])[0],
        chosen=chosen.value if chosen else _RETURNED if asked == _RETURNED else "",
        kinds=[each.value for each in PROBLEMS],
        after=after,
        refused=refused,
        decides=campaign.state is CampaignState.NEEDS_REVIEW,
        **list_facts([campaign]),
    )


@blueprint.get("/campaigns/<int:campaign_id>/decide")
@needs(Role.EDITOR)
def confirm_decision(campaign_id: int) -> str:
    """Says what a decision about all uncertain deliveries does, before the button that does it."""
    campaign = load(scope.session(), campaign_id)
    return render_template(
        "admin/campaign_decide.html",
        campaign=campaign,
        what=_decision(request.args.get("what", "")),
        uncertain=campaign_counts(scope.session(), campaign_id).unknown,
        decides=campaign.state is CampaignState.NEEDS_REVIEW,
        **list_facts([campaign]),
    )


@blueprint.post("/campaigns/<int:campaign_id>/decide")
@needs(Role.EDITOR)
def decide(campaign_id: int) -> Response | tuple[str, int]:
    """For one delivery where the form names it, else for all."""
    what = _decision(request.form.get("what", ""))
    ordinal = request.form.get("ordinal", type=int)
    if ordinal is None and request.form.get("ordinal"):
        abort(400)
    try:
        decided = decide_uncertain(
            scope.session(), campaign_id=campaign_id, decision=what, ordinal=ordinal
        )
    except DecidedAlready:
        scope.session().rollback()
        return _list(load(scope.session(), campaign_id), refused=True), 409
    audit(
        "campaign.decide",
        object_type="campaign",
        object_id=campaign_id,
        decision=what.value,
        deliveries=decided,
        **({} if ordinal is None else {"ordinal": ordinal}),
    )
    scope.commit()
    flash(_said(what, decided))
    left = campaign_counts(scope.session(), campaign_id).unknown
    if ordinal is None or not left:
        return redirect(url_for("admin.campaign", campaign_id=campaign_id))
    return redirect(
        url_for(
            "admin.campaign_deliveries",
            campaign_id=campaign_id,
            state=DeliveryState.UNKNOWN.value,
        )
    )


def _decision(text: str) -> Decision:
    try:
        return Decision(text)
    except ValueError:
        abort(400)


def _said(what: Decision, decided: int) -> str:
    if what is Decision.AGAIN:
        return ngettext(
            "One mail goes out again.",
            "%(number)s mails go out again.",
            decided,
            number=number(decided),
        )
    if decided == 1:
        return gettext("It is left as sent.")
    return ngettext(
        "One is left as sent.", "%(number)s are left as sent.", decided, number=number(decided)
    )
