"""The next runs of a schedule as pages show them, stored or only typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.schedule import coming_runs
from app.domain.subscription import Cadence
from app.store.tables import Schedule
from app.usecases.schedule_slots import Slots
from app.web import scope
from app.web.admin.i18n import gettext
from app.web.admin.schedule_words import offset_words

RUNS_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """One run to come: `zone` is where its time is told, `note` what a clock change does to it."""

    at: datetime
    zone: ZoneInfo
    offset: str
    note: str


def coming(schedule: Schedule) -> list[Coming]:
    """The next five runs, whether the schedule is active or not."""
    zone, now = ZoneInfo(schedule.timezone), scope.now()
    slots = Slots(scope.session(), schedule, sampled=True).coming(now, RUNS_SHOWN)
    has_wall = schedule.cadence is not Cadence.INSTANT and not schedule.own_morning
    runs = coming_runs(slots, now=now, zone=zone, wall=schedule.local_time if has_wall else None)
    return [
        Coming(
            at=run.at,
            zone=zone,
            offset=offset_words(run.offset),
            note=_note(moved=run.moved, changed=run.clock_changed),
        )
        for run in runs
    ]


def _note(*, moved: bool, changed: bool) -> str:
    if moved:
        return gettext("The clocks skip this hour on that day: it comes right after.")
    if changed:
        return gettext("The clocks have changed by then: the hour on the clock stays the same.")
    return ""
