"""Readers as a CSV: which of them, and the job that writes it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.segment import EVERYBODY, Segment, to_json
from app.domain.staff import Role
from app.store.tables import SavedSegment
from app.usecases.export_readers import ask_for_export
from app.usecases.manage_segments import filter_of, list_segments
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.export import EVERY, FILTER, ExportForm
from app.web.admin.forms.segment import args_of
from app.web.admin.identity import current_staff
from app.web.admin.queries import jobs as reads
from app.web.admin.queries.content import topics
from app.web.admin.readers import read_filter
from app.web.admin.record import audit
from app.web.admin.segment_words import describe


@blueprint.route("/readers/export", methods=["GET", "POST"])
@needs(Role.EDITOR)
def export() -> Response | tuple[str, int]:
    """The address may carry the filter of the readers' list; then it is what is offered first."""
    session = scope.session()
    all_topics = topics(session)
    filtered = read_filter()[1] or EVERYBODY
    form = ExportForm()
    form.offer(list_segments(session), describe(filtered, all_topics))
    if not form.validate_on_submit():
        shown = {"form": form, "args": args_of(filtered, all_topics)}
        shown["exports"] = reads.exports(session)
        return render_template("admin/export.html", **shown), form.status
    segment, name = _chosen(str(form.segment.data), filtered)
    made = ask_for_export(
        session,
        now=scope.now(),
        staff_id=current_staff().id,
        segment=segment,
        segment_name=name,
    )
    audit("export_readers.ask", object_type="job", object_id=made.id, segment=to_json(segment))
    scope.commit((queue.RUN_JOB, made.id))
    return redirect(url_for("admin.job", job_id=made.id))


def _chosen(value: str, filtered: Segment) -> tuple[Segment, str]:
    """The segment that an option stands for, and its name if it has one."""
    if value == EVERY:
        return EVERYBODY, ""
    if value == FILTER:
        return filtered, ""
    saved = scope.session().get_one(SavedSegment, int(value))
    return filter_of(saved), saved.name
