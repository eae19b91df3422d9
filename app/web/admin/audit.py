"""The audit: who did what, when and from where. It is only ever added to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response

from app.domain.spreadsheet import BYTE_ORDER_MARK, csv_lines
from app.domain.staff import Role
from app.store.tables import AuditEvent
from app.web import scope
from app.web.admin import audit_words
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import site_zone
from app.web.admin.forms.audit import AuditForm
from app.web.admin.i18n import gettext
from app.web.admin.paging import PAGE_SIZE
from app.web.admin.queries import audit as reads
from app.web.admin.queries.audit import Wanted
from app.web.admin.record import audit as note

_PAGES = {
    "article": ("admin.article", "article_id"),
    "campaign": ("admin.campaign", "campaign_id"),
    "job": ("admin.job", "job_id"),
    "reader": ("admin.reader", "reader_id"),
    "schedule": ("admin.schedule", "schedule_id"),
    "source": ("admin.source", "source_id"),
}
"""Where an object of this kind is looked at."""


@blueprint.get("/audit", endpoint="audit")
@needs(Role.EDITOR)
def show_audit() -> Response:
    form = _form(request.args)
    valid = form.validate()
    before = scope.session().get(AuditEvent, request.args.get("before", 0, type=_number) or 0)
    found = reads.events(
        scope.session(),
        form.wanted(site_zone()) if valid else Wanted(),
        before=before if valid else None,
        size=PAGE_SIZE + 1,
    )
    shown = found[:PAGE_SIZE]
    filters = {name: value for name, value in request.args.items() if name != "before" and value}
    page = render_template(
        "admin/audit.html",
        form=form,
        events=shown,
        names=reads.names_of(scope.session(), _people(shown)),
        filtered=bool(filters),
        filters=filters,
        first=before is None,
        older=shown[-1].id if len(found) > PAGE_SIZE else None,
        action_words=audit_words.action_words,
        actor_words=audit_words.actor_words,
        detail_pairs=audit_words.detail_pairs,
        objects=audit_words.OBJECTS,
        page_of=_page_of,
    )
    return make_response(page, 200 if valid else 400)


@blueprint.post("/audit/export")
@needs(Role.EDITOR)
def export_audit() -> Response:
    """The filtered log as a file; that it was taken is in the log as well."""
    form = _form(request.form)
    if not form.validate():
        words = gettext("These filters cannot be read. Correct those that are marked.")
        return make_response(words, 400)
    wanted = form.wanted(site_zone())
    note("audit.export", object_type="audit")
    scope.commit()
    response = FlaskResponse(stream_with_context(_lines(wanted)), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=nashra-audit.csv"
    return response


def _form(values: Any) -> AuditForm:
    form = AuditForm(values)
    form.offer(reads.everybody(scope.session()))
    return form


def _lines(wanted: Wanted) -> Iterator[str]:
    names = reads.names_of(scope.session(), (one.id for one in reads.everybody(scope.session())))
    yield BYTE_ORDER_MARK + _line(
        gettext("Time"),
        gettext("Who"),
        gettext("What"),
        gettext("To what"),
        gettext("Number"),
        gettext("Details"),
        gettext("Network address"),
    )
    for event in reads.every_event(scope.session(), wanted):
        yield _line(
            event.at.astimezone(site_zone()).isoformat(timespec="seconds"),
            audit_words.actor_words(event, names),
            audit_words.action_words(event.action),
            str(audit_words.OBJECTS.get(event.object_type, event.object_type)),
            "" if event.object_id is None else str(event.object_id),
            "; ".join(f"{name}: {value}" for name, value in audit_words.detail_pairs(event)),
            event.ip or "",
        )


def _line(*cells: str) -> str:
    return csv_lines([cells])


def _people(shown: Any) -> set[int]:
    """Who did it, and the accounts it was done to."""
    done_by = {event.staff_id for event in shown if event.staff_id is not None}
    done_to = {event.object_id for event in shown if event.object_type == "staff"}
    return done_by | (done_to - {None})


def _page_of(event: AuditEvent) -> str:
    endpoint, name = _PAGES.get(event.object_type, ("", ""))
    if not endpoint or not event.object_id:
        return ""
    values: dict[str, Any] = {name: event.object_id}
    return url_for(endpoint, **values)


def _number(text: str) -> int:
    return min(max(int(text), 0), 2**63 - 1)
