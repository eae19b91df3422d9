"""The home of the admin: what goes next, what went out, how many readers, what is broken."""

from __future__ import annotations

from flask import render_template

from app.domain.staff import Role
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaigns import list_facts
from app.web.admin.queries import schedules as schedule_reads
from app.web.admin.queries.campaigns import campaigns
from app.web.admin.queries.content import failing_sources, has_articles
from app.web.admin.queries.people import reader_counts, waiting_signups

_SHOWN = 5


@blueprint.get("/")
@needs(Role.VIEWER)
def home() -> str:
    session = scope.session()
    last = list(session.scalars(campaigns((), None).limit(_SHOWN)))
    return render_template(
        "admin/home.html",
        schedules=schedule_reads.next_runs(session, _SHOWN),
        waiting_campaigns=schedule_reads.scheduled_campaigns(session, _SHOWN),
        campaigns=last,
        counts=reader_counts(session),
        waiting=waiting_signups(session),
        failing=failing_sources(session),
        has_articles=has_articles(session),
        **list_facts(last),
    )
