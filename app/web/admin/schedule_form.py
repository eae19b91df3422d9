"""Setting up a schedule, changing it, copying it, and looking ahead while it is typed."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.schedule import InvalidSchedule, days_to_mask, mask_to_days
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Schedule
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_schedules import (
    Plan,
    ScheduleConflict,
    change_schedule,
    create_schedule,
    planned,
)
from app.usecases.manage_segments import list_segments
from app.web import scope
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.coming import Coming, coming
from app.web.admin.display import weekday
from app.web.admin.forms.base import choices, topic_choices
from app.web.admin.forms.schedule import (
    APPROVAL,
    AUTOMATIC,
    LEADS,
    LIMITS,
    ScheduleForm,
    weekdays_in_order,
    zone_names,
)
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.content import topics
from app.web.admin.record import audit
from app.web.admin.schedule_words import lead_words, limit_words
from app.web.admin.words import SCHEDULE_REFUSALS

_FIELD_OF_REFUSAL = {
    "unknown_zone": "timezone",
    "needs_weekday": "weekday",
    "needs_days": "days",
    "bad_minimum": "min_articles",
    "unknown_topic": "topics",
    "unknown_segment": "segment",
    "bad_lead": "approval_lead",
    "bad_limit": "approval_limit",
}


@blueprint.route("/schedules/new", methods=["GET", "POST"])
@needs(Role.EDITOR)
def new_schedule() -> Response | tuple[str, int]:
    """An empty form, or one filled as the schedule `?from=` is."""
    pattern = scope.session().get(Schedule, request.args.get("from", 0, type=int) or 0)
    shown = _values_of(pattern) if pattern else {"timezone": scope.settings().timezone}
    if pattern:
        shown["name"] = gettext("%(name)s (copy)", name=pattern.name)
    form = _filled(ScheduleForm(**shown), pattern)
    if not form.validate_on_submit():
        return _page(form, form.status)
    try:
        made = create_schedule(
            scope.session(), now=scope.now(), plan=form.plan(), created_by=current_staff().id
        )
    except (InvalidSchedule, InvalidCampaign) as refusal:
        return _page(_refused(form, refusal.code), 400)
    audit("schedule.create", object_type="schedule", object_id=made.id, name=made.name)
    scope.commit()
    flash(gettext("The schedule is set."))
    return redirect(url_for("admin.schedule", schedule_id=made.id))


@blueprint.route("/schedules/<int:schedule_id>/edit", methods=["GET", "POST"])
@needs(Role.EDITOR)
def edit_schedule(schedule_id: int) -> Response | tuple[str, int]:
    found = scope.session().get(Schedule, schedule_id) or abort(404)
    form = _filled(ScheduleForm(**_values_of(found)), found)
    if not form.validate_on_submit():
        return _page(form, form.status, schedule=found)
    seen = form.version.data or ""
    try:
        changed = change_schedule(
            scope.session(),
            now=scope.now(),
            schedule_id=schedule_id,
            version=int(seen) if seen.isdecimal() else 0,
            plan=form.plan(),
        )
    except (InvalidSchedule, InvalidCampaign) as refusal:
        return _page(_refused(form, refusal.code), 400, schedule=found)
    except ScheduleConflict:
        # What was typed stays; sent once more it is meant to replace what the other has set.
        form.version.data = str(found.version)
        return _page(form, 409, schedule=found, conflict=True)
    audit("schedule.change", object_type="schedule", object_id=changed.id, name=changed.name)
    scope.commit()
    flash(gettext("The schedule is changed, from its next run on."))
    return redirect(url_for("admin.schedule", schedule_id=schedule_id))


@blueprint.get("/schedules/next-runs")
@needs(Role.EDITOR)
@passive
def next_runs() -> str:
    """The next runs of what is typed just now, as a piece of the page."""
    form = _filled(ScheduleForm(request.args, meta={"csrf": False}), None)
    form.validate()
    runs, fault = _look_ahead(form)
    return render_template("admin/_next_runs.html", runs=runs, fault=fault)


def _look_ahead(form: ScheduleForm) -> tuple[list[Coming], str]:
    """The next runs of a form that was read, or why there are none. Only what says when it runs
    counts; the rest may still be empty."""
    weekly = form.cadence.data == Cadence.WEEKLY
    by_day = form.weekday if weekly else form.days
    for field in (form.cadence, by_day, form.local_time, form.timezone):
        if field.errors:
            return [], str(field.errors[0])
    try:
        plan = Plan(
            name="-",
            cadence=Cadence(form.cadence.data),
            weekday=form.weekday.data if weekly else None,
            days=days_to_mask(form.days.data or ()),
            local_time=form.local_time.data or time(),
            timezone=(form.timezone.data or "").strip(),
            own_morning=form.own_morning.data,
        )
        return coming(planned(scope.session(), now=scope.now(), plan=plan)), ""
    except InvalidSchedule as refusal:
        return [], str(SCHEDULE_REFUSALS.get(refusal.code, ""))


def _refused(form: ScheduleForm, code: str) -> ScheduleForm:
    form.refuse(form[_FIELD_OF_REFUSAL.get(code, "name")], SCHEDULE_REFUSALS, code)
    return form


def _page(form: ScheduleForm, status: int, **more: Any) -> tuple[str, int]:
    runs, fault = _look_ahead(form)
    page = render_template(
        "admin/schedule_form.html",
        form=form,
        zones=zone_names(),
        runs=runs,
        fault=fault,
        **{"schedule": None, "conflict": False, **more},
    )
    return page, status


def _filled(form: ScheduleForm, known: Schedule | None) -> ScheduleForm:
    """The form with its choices; a span that was set elsewhere stays among them."""
    days = [(index, weekday(index)) for index in weekdays_in_order()]
    form.weekday.choices = form.days.choices = choices(days)
    form.topics.choices = topic_choices(topics(scope.session()))
    kept = [(segment.id, segment.name) for segment in list_segments(scope.session())]
    form.segment.choices = choices([(0, gettext("All of this pace")), *kept])
    leads = {*LEADS, *([known.approval_lead] if known else [])}
    limits = {*LIMITS, *([known.approval_limit] if known else [])}
    form.approval_lead.choices = choices((each, lead_words(each)) for each in sorted(leads))
    form.approval_limit.choices = choices((each, limit_words(each)) for each in sorted(limits))
    return form


def _values_of(schedule: Schedule) -> dict[str, Any]:
    """A stored schedule as its form shows it."""
    mask = schedule.topic_mask
    return {
        "name": schedule.name,
        "cadence": schedule.cadence.value,
        "weekday": 6 if schedule.weekday is None else schedule.weekday,
        "days": list(mask_to_days(schedule.days)),
        "local_time": schedule.local_time,
        "own_morning": schedule.own_morning,
        "timezone": schedule.timezone,
        "topics": [t.slug for t in topics(scope.session()) if mask >> t.bit & 1],
        "segment": schedule.segment_id or 0,
        "design": schedule.design.value,
        "min_articles": schedule.min_articles,
        "public": schedule.public,
        "language": schedule.language,
        "release": APPROVAL if schedule.needs_approval else AUTOMATIC,
        "approval_lead": schedule.approval_lead,
        "approval_limit": schedule.approval_limit,
        "version": str(schedule.version),
    }
