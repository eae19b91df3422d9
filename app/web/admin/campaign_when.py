"""The last step of a draft: now, at a time, or in each reader's own morning.

"Now" has the checklist run and leads to its page, which has the button; the other two
schedule it, and it can be made a draft again until its time comes.
"""

from __future__ import annotations

from datetime import time, timedelta

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_campaigns import schedule_send
from app.usecases.preflight import request_preflight
from app.usecases.schedule_morning import morning_closes, schedule_morning
from app.usecases.try_subjects import second_subject
from app.web import scope
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.campaign_page import content_facts
from app.web.admin.campaign_wizard import lack_of, open_draft, to_what_lacks, wizard_page
from app.web.admin.display import ago, site_zone, wall_time, when
from app.web.admin.forms.wizard import WhenForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.campaigns import reachable_readers
from app.web.admin.record import audit
from app.web.admin.words import CAMPAIGN_REFUSALS

_USUAL_HOUR = time(7)


@blueprint.route("/campaigns/<int:campaign_id>/when", methods=["GET", "POST"])
@needs(Role.EDITOR)
def campaign_when(campaign_id: int) -> Response | tuple[str, int]:
    campaign = open_draft(campaign_id, "campaign_when")
    if lack := lack_of(campaign):
        return to_what_lacks(campaign_id, InvalidCampaign(lack))
    form = _form()
    if not form.validate_on_submit() or request.form.get("do") == "look":
        return _page(campaign, form), form.status if form.errors else 200
    if form.way.data == "now":
        run = request_preflight(
            scope.session(), now=scope.now(), campaign_id=campaign_id, staff_id=current_staff().id
        )
        scope.commit((queue.RUN_PREFLIGHT, run.id))
        return redirect(url_for("admin.confirm_send", campaign_id=campaign_id))
    try:
        scheduled = _schedule(campaign, form)
    except InvalidCampaign as refusal:
        field = form.date if form.way.data == "at" else form.morning_date
        form.refuse(field, CAMPAIGN_REFUSALS, refusal.code)
        return _page(campaign, form), 400
    scope.commit()
    flash(_told(scheduled))
    return redirect(url_for("admin.campaign", campaign_id=campaign_id))


def _schedule(campaign: Campaign, form: WhenForm) -> Campaign:
    session, now = scope.session(), scope.now()
    detail = {}
    if form.way.data == "at":
        moment = form.instant(site_zone())
        if moment is None:
            raise InvalidCampaign("needs_time")
        done = schedule_send(session, now=now, campaign_id=campaign.id, send_at=moment)
    else:
        day, hour = form.morning_date.data, form.morning_time.data
        if day is None or hour is None:
            raise InvalidCampaign("needs_time")
        zone = scope.settings().timezone
        done = schedule_morning(
            session, now=now, campaign_id=campaign.id, day=day, local_time=hour, site_zone=zone
        )
        detail = {"morning": f"{day.isoformat()} {hour.isoformat('minutes')}"}
    assert done.send_at is not None
    audit(
        "campaign.schedule",
        object_type="campaign",
        object_id=campaign.id,
        send_at=done.send_at.isoformat(),
        **detail,
    )
    return done


@blueprint.get("/campaigns/<int:campaign_id>/when/ask")
@needs(Role.EDITOR)
@passive
def when_asked(campaign_id: int) -> Response:
    """What the choices in the address come to, as a line to be shown."""
    campaign = open_draft(campaign_id)
    return jsonify(words=_answer(campaign, _form(request.args)))


def _form(typed: MultiDict[str, str] | None = None) -> WhenForm:
    tomorrow = (scope.now().astimezone(site_zone()) + timedelta(days=1)).date()
    values = {
        "way": "now",
        "date": tomorrow,
        "time": _USUAL_HOUR,
        "morning_date": tomorrow,
        "morning_time": _USUAL_HOUR,
    }
    return WhenForm(typed, data=values) if typed is not None else WhenForm(data=values)


def _answer(campaign: Campaign, form: WhenForm) -> str:
    """The moment that is chosen on the site's clock, and how long until then."""
    if form.way.data == "at":
        moment = form.instant(site_zone())
        if moment is None:
            return str(CAMPAIGN_REFUSALS["needs_time"])
        if moment < scope.now():
            return str(CAMPAIGN_REFUSALS["time_has_passed"])
        return gettext("It goes out %(when)s, %(span)s.", when=when(moment), span=ago(moment))
    if form.way.data == "morning":
        day, hour = form.morning_date.data, form.morning_time.data
        if second_subject(scope.session(), campaign.id).subject:
            return str(CAMPAIGN_REFUSALS["test_in_the_morning"])
        if day is None or hour is None:
            return str(CAMPAIGN_REFUSALS["needs_time"])
        closes = morning_closes(
            scope.session(),
            campaign,
            day=day,
            local_time=hour,
            site_zone=scope.settings().timezone,
        )
        if closes <= scope.now():
            return str(CAMPAIGN_REFUSALS["morning_has_passed"])
        return gettext(
            "The first readers get it %(when)s on the site's clock, %(span)s; from then on the "
            "content is fixed. Everybody else gets it at %(time)s on their own clock.",
            when=when(closes),
            span=ago(closes),
            time=wall_time(hour),
        )
    return gettext("Next you see who gets it, and the button that sends it.")


def _told(campaign: Campaign) -> str:
    if campaign.morning_time is not None:
        return gettext(
            "It reaches each reader at %(time)s on their own clock, the first ones %(when)s.",
            time=wall_time(campaign.morning_time),
            when=when(campaign.send_at),
        )
    return gettext("The campaign goes out %(when)s.", when=when(campaign.send_at))


def _page(campaign: Campaign, form: WhenForm) -> str:
    return wizard_page(
        "when",
        campaign,
        form,
        answer=_answer(campaign, form),
        **content_facts(campaign),
        readers=reachable_readers(scope.session(), campaign, now=scope.now(), zone=site_zone()),
    )
