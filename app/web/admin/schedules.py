"""Schedules: when they run next, what became of their runs, and changing them."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.edition import Design
from app.domain.schedule import InvalidSchedule
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Schedule
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.run_schedule import (
    coming_slots,
    create_schedule,
    delete_schedule,
    set_schedule_active,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaigns import list_facts
from app.web.admin.display import weekday
from app.web.admin.forms.base import choices, topic_choices
from app.web.admin.forms.schedule import ScheduleForm, weekdays_in_order, zone_names
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import schedules as reads
from app.web.admin.queries.content import topics
from app.web.admin.queries.people import topic_names
from app.web.admin.record import audit
from app.web.admin.words import SCHEDULE_REFUSALS
from app.web.i18n import language

_SLOTS_SHOWN = 5
_FIELD_OF_REFUSAL = {
    "unknown_zone": "timezone",
    "needs_weekday": "weekday",
    "bad_minimum": "min_articles",
    "unknown_topic": "topics",
}


@blueprint.get("/schedules")
@needs(Role.VIEWER)
def schedules() -> str:
    found = reads.schedules(scope.session())
    return render_template(
        "admin/schedules.html", schedules=[(schedule, _facts(schedule)) for schedule in found]
    )


@blueprint.get("/schedules/<int:schedule_id>")
@needs(Role.VIEWER)
def schedule(schedule_id: int) -> str:
    return _schedule_page(_schedule(schedule_id))


def _schedule_page(found: Schedule, **more: Any) -> str:
    runs = reads.runs_of(scope.session(), found.id)
    return render_template(
        "admin/schedule.html",
        schedule=found,
        facts=_facts(found),
        slots=coming_slots(scope.session(), found, now=scope.now(), count=_SLOTS_SHOWN),
        runs=runs,
        **list_facts(runs),
        **more,
    )


def _facts(found: Schedule) -> dict[str, Any]:
    return {
        "zone": ZoneInfo(found.timezone),
        "weekday": weekday(found.weekday) if found.weekday is not None else "",
        "topics": topic_names(topics(scope.session()), found.topic_mask, language()),
    }


@blueprint.route("/schedules/new", methods=["GET", "POST"])
@needs(Role.EDITOR)
def new_schedule() -> Response | tuple[str, int]:
    form = ScheduleForm(timezone=scope.settings().timezone)
    form.weekday.choices = choices((index, weekday(index)) for index in weekdays_in_order())
    form.topics.choices = topic_choices(topics(scope.session()))
    if not form.validate_on_submit():
        page = render_template("admin/schedule_new.html", form=form, zones=zone_names())
        return page, form.status
    try:
        made = _create(form)
    except (InvalidSchedule, InvalidCampaign) as refusal:
        field = form[_FIELD_OF_REFUSAL.get(refusal.code, "name")]
        form.refuse(field, SCHEDULE_REFUSALS, refusal.code)
        return render_template("admin/schedule_new.html", form=form, zones=zone_names()), 400
    audit("schedule.create", object_type="schedule", object_id=made.id, name=made.name)
    scope.commit()
    flash(gettext("The schedule is set."))
    return redirect(url_for("admin.schedule", schedule_id=made.id))


def _create(form: ScheduleForm) -> Schedule:
    return create_schedule(
        scope.session(),
        now=scope.now(),
        name=form.name.data,
        cadence=Cadence(form.cadence.data),
        weekday=form.weekday.data,
        local_time=form.local_time.data or time(),
        timezone=form.timezone.data.strip(),
        topics=form.topics.data or (),
        language=form.language.data,
        min_articles=form.min_articles.data,
        own_morning=form.own_morning.data,
        design=Design(form.design.data),
        public=form.public.data,
        created_by=current_staff().id,
    )


@blueprint.post("/schedules/<int:schedule_id>/active")
@needs(Role.EDITOR)
def switch_schedule(schedule_id: int) -> Response:
    active = request.form.get("active") == "1"
    _schedule(schedule_id)
    set_schedule_active(scope.session(), now=scope.now(), schedule_id=schedule_id, active=active)
    audit(
        "schedule.activate" if active else "schedule.pause",
        object_type="schedule",
        object_id=schedule_id,
    )
    scope.commit()
    flash(
        gettext("The schedule runs again.")
        if active
        else gettext("The schedule is paused: nothing goes out until you let it run again.")
    )
    return redirect(url_for("admin.schedule", schedule_id=schedule_id))


@blueprint.get("/schedules/<int:schedule_id>/delete")
@needs(Role.EDITOR)
def confirm_delete_schedule(schedule_id: int) -> str:
    return _schedule_page(_schedule(schedule_id), asks_delete=True)


@blueprint.post("/schedules/<int:schedule_id>/delete")
@needs(Role.EDITOR)
def remove_schedule(schedule_id: int) -> Response:
    found = _schedule(schedule_id)
    audit("schedule.delete", object_type="schedule", object_id=found.id, name=found.name)
    delete_schedule(scope.session(), schedule_id=found.id)
    scope.commit()
    flash(gettext("The schedule is deleted. What it sent stays in the list of campaigns."))
    return redirect(url_for("admin.schedules"))


def _schedule(schedule_id: int) -> Schedule:
    found = scope.session().get(Schedule, schedule_id)
    return found if found is not None else abort(404)
