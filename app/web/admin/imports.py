"""Readers come in from a file: uploaded, its columns named, checked, and then brought in.

The check and the import are jobs; `jobs.py` has their bars, their files and the undoing.
"""

from __future__ import annotations

import re
from typing import Any, BinaryIO, cast

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.csv_text import DELIMITERS, UnreadableFile
from app.domain.job import JobKind, JobRefused, JobState, files_until
from app.domain.reader_columns import ReaderColumn
from app.domain.staff import Role
from app.store.tables import Job
from app.usecases.import_in_steps import ask_for_import, start_check
from app.usecases.manage_jobs import JobConflict
from app.usecases.subscriber_csv import plan_from_json
from app.usecases.upload_readers import (
    MAX_UPLOAD,
    import_of,
    keep_upload,
    name_columns,
    replan,
    sample_of,
)
from app.web import scope
from app.web.admin import import_words
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.import_readers import ConsentForm, UploadForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff, read_session
from app.web.admin.queries import jobs as reads
from app.web.admin.record import audit

_FORM_AROUND = 100_000
"""Bytes that a form may have beside its file."""

_MAX_NAME = 100


@blueprint.url_value_preprocessor
def _let_in_uploads(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A large body is read for who is logged in only. This runs before the form is looked into
    for its token."""
    if endpoint == "admin.import_readers" and request.method == "POST":
        read_session(passive=True)
        if g.staff is not None:
            request.max_content_length = MAX_UPLOAD + _FORM_AROUND


@blueprint.route("/readers/import", methods=["GET", "POST"])
@needs(Role.EDITOR)
def import_readers() -> Response | tuple[str, int]:
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(form), form.status
    uploaded = request.files.get("file")
    if uploaded is None or not uploaded.filename:
        form.refuse(form.file, import_words.FILES, "missing")
        return _upload_page(form), 400
    try:
        job = keep_upload(
            scope.session(),
            now=scope.now(),
            staff_id=current_staff().id,
            name=_shown_name(uploaded.filename),
            file=cast("BinaryIO", uploaded.stream),
        )
    except UnreadableFile as refusal:
        scope.session().rollback()
        form.refuse(form.file, import_words.FILES, refusal.code)
        return _upload_page(form), 400
    audit("import.upload", object_type="job", object_id=job.id, lines=job.facts["lines"])
    scope.commit()
    return redirect(url_for("admin.import_file", job_id=job.id))


@blueprint.get("/readers/import/<int:job_id>")
@needs(Role.EDITOR)
def import_file(job_id: int) -> str:
    """What was uploaded, as it stands: to be named, under way, or checked."""
    return _file_page(_check(job_id), ConsentForm())


@blueprint.post("/readers/import/<int:job_id>/reading")
@needs(Role.EDITOR)
def reread_file(job_id: int) -> Response | tuple[str, int]:
    """Reads the file with another encoding or separator."""
    _check(job_id)
    delimiter = request.form.get("delimiter", "")
    try:
        replan(
            scope.session(),
            job_id,
            encoding=request.form.get("encoding", ""),
            delimiter=delimiter if delimiter in DELIMITERS else "",
        )
    except JobConflict:
        return _passed(job_id)
    except (UnreadableFile, JobRefused) as refusal:
        return _refused(job_id, refusal.code)
    scope.commit()
    return redirect(url_for("admin.import_file", job_id=job_id))


@blueprint.post("/readers/import/<int:job_id>/columns")
@needs(Role.EDITOR)
def check_file(job_id: int) -> Response | tuple[str, int]:
    """Takes what the columns are, and has the file looked through by them."""
    plan = plan_from_json(_check(job_id).facts["plan"])
    chosen = [request.form.get(f"column-{place}", "") for place in range(len(plan.columns))]
    columns = [ReaderColumn(one) if one in set(ReaderColumn) else None for one in chosen]
    has_header = "header" in request.form
    try:
        job = name_columns(scope.session(), job_id, columns, has_header=has_header)
        start_check(scope.session(), job)
    except JobConflict:
        return _passed(job_id)
    except (UnreadableFile, JobRefused) as refusal:
        return _refused(job_id, refusal.code, chosen=chosen, has_header=has_header)
    scope.commit((queue.RUN_JOB, job_id))
    return redirect(url_for("admin.import_file", job_id=job_id))


@blueprint.post("/readers/import/<int:job_id>/begin")
@needs(Role.EDITOR)
def begin_import(job_id: int) -> Response | tuple[str, int]:
    """Brings the readers in, now that somebody has seen what would become of them."""
    check = _check(job_id)
    form = ConsentForm()
    if not form.validate_on_submit() or not (form.consent.data or "").strip():
        if not form.errors:
            form.refuse(form.consent, {}, "needed")
        return _file_page(check, form), 400
    try:
        job = ask_for_import(
            scope.session(),
            now=scope.now(),
            staff_id=current_staff().id,
            check_id=job_id,
            consent=form.consent.data.strip(),
        )
    except JobConflict:
        return _passed(job_id)
    audit("import.begin", object_type="job", object_id=job.id, lines=job.total)
    scope.commit((queue.RUN_JOB, job.id))
    return redirect(url_for("admin.job", job_id=job.id))


def _check(job_id: int) -> Job:
    job = scope.session().get_one(Job, job_id)
    if job.kind is not JobKind.CHECK_IMPORT:
        abort(404)
    return job


def _upload_page(form: UploadForm) -> str:
    session = scope.session()
    return render_template(
        "admin/import.html",
        form=form,
        imports=reads.imports(session),
        waiting=reads.uploads(session, since=scope.now()),
    )


def _file_page(job: Job, form: ConsentForm, **more: Any) -> str:
    """The page of an upload; `more` is what was chosen and refused."""
    until = files_until(job.finished_at or job.created_at)
    shown: dict[str, Any] = {
        "job": job,
        "plan": plan_from_json(job.facts["plan"]),
        "sample": sample_of(scope.session(), job),
        "form": form,
        "followed": import_of(scope.session(), job.id),
        "import_words": import_words,
        "columns": list(ReaderColumn),
        "undone": job.state in (JobState.WAITING, JobState.RUNNING),
        "file_until": until,
    }
    return render_template("admin/import_file.html", **(shown | more))


def _refused(job_id: int, code: str, **more: Any) -> tuple[str, int]:
    """The page again, with what was chosen still chosen and the reason above it."""
    scope.session().rollback()
    words = str(import_words.FILES.get(code) or gettext("This cannot be accepted."))
    return _file_page(_check(job_id), ConsentForm(formdata=None), refusal=words, **more), 400


def _passed(job_id: int) -> Response:
    """Somebody else was quicker."""
    scope.session().rollback()
    flash(gettext("Nothing was changed: this file is being checked or was imported already."))
    return redirect(url_for("admin.import_file", job_id=job_id))


def _shown_name(name: str) -> str:
    """What the browser says that the file is called: for the eye only, never a path of ours."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(c for c in last if c.isprintable())[-_MAX_NAME:] or "csv"
