"""Readers as a CSV: which of them, and the job that writes it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.segment import EVERYBODY, to_json
from app.domain.staff import Role
from app.store.tables import SavedSegment
from app.usecases.export_readers import ask_for_export
from app.usecases.manage_segments import filter_of, list_segments
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.export import EVERY, ExportForm
from app.web.admin.identity import current_staff
from app.web.admin.queries import jobs as reads
from app.web.admin.record import audit


@blueprint.route("/readers/export", methods=["GET", "POST"])
@needs(Role.EDITOR)
def export() -> Response | tuple[str, int]:
    form = ExportForm()
    segments = list_segments(scope.session())
    form.offer(segments)
    if not form.validate_on_submit():
        shown = {"form": form, "exports": reads.exports(scope.session())}
        return render_template("admin/export.html", **shown), form.status
    chosen = form.segment.data
    saved = None if chosen == EVERY else scope.session().get(SavedSegment, int(chosen))
    segment = EVERYBODY if saved is None else filter_of(saved)
    made = ask_for_export(
        scope.session(),
        now=scope.now(),
        staff_id=current_staff().id,
        segment=segment,
        segment_name="" if saved is None else saved.name,
    )
    audit("export_readers.ask", object_type="job", object_id=made.id, segment=to_json(segment))
    scope.commit((queue.RUN_JOB, made.id))
    return redirect(url_for("admin.job", job_id=made.id))
