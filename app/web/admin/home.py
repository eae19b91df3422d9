"""The home of the admin: what went out, what goes next, how the readers grow, what is broken.

Nothing here scans a large table: the readers were counted by the tick, and the rest are rows
that an index finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter

from flask import render_template

from app.domain.growth import Day, moves_since, whole_span
from app.domain.health import judge, worst
from app.domain.staff import Role, may
from app.store.tables import Campaign, Schedule
from app.usecases.check_health import look
from app.web import scope
from app.web.admin import display
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.chart import draw
from app.web.admin.health_words import tell
from app.web.admin.identity import current_staff
from app.web.admin.queries import home as reads
from app.web.admin.queries import schedules as schedule_reads
from app.web.admin.queries.content import has_articles
from app.web.i18n import direction, language

_SHOWN = 5
_CHART_DAYS = 90
_SPANS = (1, 7, 30)


@blueprint.get("/")
@needs(Role.VIEWER)
def home() -> str:
    session, now = scope.session(), scope.now()
    role = current_staff().role
    verdicts = judge(look(session, scope.settings(), now=now), now)
    sent = list(reads.last_sent(session, _SHOWN))
    undecided = list(reads.undecided(session, _SHOWN))
    waiting = list(schedule_reads.scheduled_campaigns(session, _SHOWN))
    days = _days()
    return render_template(
        "admin/home.html",
        coming=_coming(waiting),
        undecided=undecided,
        sent=sent,
        has_articles=has_articles(session),
        counted=reads.last_count(session),
        spans=[(length, moves_since(days, _today(), length)) for length in _SPANS],
        days=days,
        chart=draw(days, rtl=direction(language()) == "rtl"),
        short_day=display.short_day,
        health=[tell(one, may=lambda needed: may(role, needed)) for one in verdicts],
        level=worst(verdicts),
        **list_facts([*sent, *undecided, *waiting]),
    )


def _coming(single: Sequence[Campaign]) -> list[tuple[datetime, Campaign | Schedule]]:
    """What goes next, planned once or by a schedule, in the order of time."""
    runs = schedule_reads.next_runs(scope.session(), _SHOWN)
    planned = [(one.send_at, one) for one in single] + [(one.next_at, one) for one in runs]
    return sorted(((at, one) for at, one in planned if at is not None), key=itemgetter(0))


def _today() -> date:
    return scope.now().astimezone(display.site_zone()).date()


def _days() -> list[Day]:
    today = _today()
    return whole_span(reads.counted_days(scope.session(), today, _CHART_DAYS), today, _CHART_DAYS)
