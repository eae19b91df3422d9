"""Schedules: the list, the page of one with its next and past runs, and what is done with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app import queue
from app.domain.campaign import CampaignState
from app.domain.staff import Role
from app.store.tables import Campaign, SavedSegment, Schedule
from app.usecases.manage_schedules import (
    ScheduleConflict,
    delete_schedule,
    newest_run,
    run_now,
    set_schedule_active,
    waiting_drafts,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.coming import coming
from app.web.admin.display import weekday, zone_of
from app.web.admin.i18n import gettext
from app.web.admin.paging import paged
from app.web.admin.queries import schedules as reads
from app.web.admin.queries.content import topics
from app.web.admin.queries.people import topic_names
from app.web.admin.record import audit
from app.web.admin.schedule_words import MISS_REASONS, days_in_words, lead_words, limit_words
from app.web.i18n import language


@blueprint.get("/schedules")
@needs(Role.VIEWER)
def schedules() -> str:
    page = paged(scope.session(), reads.schedules())
    last = reads.last_runs(scope.session(), (one.id for one in page.items))
    runs = [run.campaign for run in last.values() if run.campaign is not None]
    return render_template(
        "admin/schedules.html",
        page=page,
        facts={one.id: _facts(one) for one in page.items},
        last=last,
        miss_reasons=MISS_REASONS,
        **_run_facts(runs),
    )


@blueprint.get("/schedules/<int:schedule_id>")
@needs(Role.VIEWER)
def schedule(schedule_id: int) -> str:
    return _schedule_page(_schedule(schedule_id))


def _schedule_page(found: Schedule, **more: Any) -> str:
    runs = reads.past_runs(scope.session(), found.id, before=_before())
    return render_template(
        "admin/schedule.html",
        schedule=found,
        facts=_facts(found),
        runs=runs,
        coming=coming(found) if found.active else [],
        segment=scope.session().get(SavedSegment, found.segment_id) if found.segment_id else None,
        miss_reasons=MISS_REASONS,
        lead_words=lead_words,
        limit_words=limit_words,
        is_first_page=_before() is None,
        **_run_facts(runs.campaigns),
        **more,
    )


def _run_facts(runs: list[Campaign]) -> dict[str, Any]:
    deciders = reads.staff_names(scope.session(), (run.decided_by for run in runs))
    return {**list_facts(runs), "deciders": deciders}


def _before() -> datetime | None:
    """Where the page asked for begins: microseconds since 1970; nonsense is the first page."""
    given = request.args.get("before", type=int)
    if given is None or not 0 < given < 2**52:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=given)


def _facts(found: Schedule) -> dict[str, Any]:
    return {
        "zone": zone_of(found.timezone),
        "weekday": weekday(found.weekday) if found.weekday is not None else "",
        "days": days_in_words(found.days),
        "topics": topic_names(topics(scope.session()), found.topic_mask, language()),
    }


@blueprint.post("/schedules/<int:schedule_id>/active")
@needs(Role.EDITOR)
def switch_schedule(schedule_id: int) -> Response | tuple[str, int]:
    active = request.form.get("active") == "1"
    found = _schedule(schedule_id)
    try:
        set_schedule_active(
            scope.session(), now=scope.now(), schedule_id=schedule_id, active=active
        )
    except ScheduleConflict:
        words = gettext("It runs already.") if active else gettext("It is paused already.")
        return _schedule_page(found, conflict=words), 409
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


@blueprint.get("/schedules/<int:schedule_id>/run")
@needs(Role.EDITOR)
def confirm_run_schedule(schedule_id: int) -> str:
    found = _schedule(schedule_id)
    return _schedule_page(found, asks_run=True, last_seen=newest_run(scope.session(), found.id))


@blueprint.post("/schedules/<int:schedule_id>/run")
@needs(Role.EDITOR)
def run_schedule(schedule_id: int) -> Response | tuple[str, int]:
    found = _schedule(schedule_id)
    try:
        made = run_now(
            scope.session(),
            now=scope.now(),
            schedule_id=schedule_id,
            last_seen=request.form.get("last_seen", -1, type=int),
        )
    except ScheduleConflict:
        scope.session().rollback()
        words = gettext("A run of this schedule was started just now. See below how it goes.")
        return _schedule_page(found, conflict=words), 409
    audit("schedule.run", object_type="schedule", object_id=schedule_id, campaign=made.id)
    goes = made.state is CampaignState.SCHEDULED
    scope.commit(*([(queue.PREPARE_CAMPAIGN, made.id)] if goes else []))
    if made.approval is not None and made.state is CampaignState.DRAFT:
        flash(gettext("The draft is ready: look at it and decide."))
        return redirect(url_for("admin.approval", campaign_id=made.id))
    if goes:
        flash(gettext("The edition is being prepared."))
        return redirect(url_for("admin.campaign", campaign_id=made.id))
    return redirect(url_for("admin.schedule", schedule_id=schedule_id))


@blueprint.get("/schedules/<int:schedule_id>/delete")
@needs(Role.EDITOR)
def confirm_delete_schedule(schedule_id: int) -> str:
    found = _schedule(schedule_id)
    drafts = select(func.count()).select_from(Campaign).where(*waiting_drafts(found.id))
    return _schedule_page(found, asks_delete=True, drafts=scope.session().scalar(drafts))


@blueprint.post("/schedules/<int:schedule_id>/delete")
@needs(Role.EDITOR)
def remove_schedule(schedule_id: int) -> Response:
    found = _schedule(schedule_id)
    audit("schedule.delete", object_type="schedule", object_id=found.id, name=found.name)
    delete_schedule(scope.session(), now=scope.now(), schedule_id=found.id)
    scope.commit()
    flash(gettext("The schedule is deleted. What it sent stays in the list of campaigns."))
    return redirect(url_for("admin.schedules"))


def _schedule(schedule_id: int) -> Schedule:
    found = scope.session().get(Schedule, schedule_id)
    return found if found is not None else abort(404)
