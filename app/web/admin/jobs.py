"""Long work on its page: a bar that moves, what came of it, its file; and the list of all of it.

Every long job of the admin is shown by these pages, or by a page of its own with the same part
(`admin/_job.html`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.wrappers import Response as AnyResponse

from app import queue
from app.domain.job import JobFile, JobKind, JobState, files_until
from app.domain.segment import from_json
from app.domain.spreadsheet import BYTE_ORDER_MARK, csv_lines
from app.domain.staff import Role
from app.store.jobs import read_parts
from app.store.tables import Job, Staff
from app.usecases.import_in_steps import told_of
from app.usecases.manage_jobs import JobConflict, cancel_job, start_job, undoing_of
from app.usecases.undo_change import ask_for_change_back, changed_by
from app.usecases.undo_import import added_by, ask_for_undo
from app.web import scope
from app.web.admin import import_words
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.display import number, percent
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.job_words import STATES
from app.web.admin.paging import paged
from app.web.admin.queries import jobs as reads
from app.web.admin.queries.content import topics
from app.web.admin.record import audit
from app.web.admin.segment_words import describe


@blueprint.get("/jobs")
@needs(Role.EDITOR)
def jobs() -> str:
    page = paged(scope.session(), reads.jobs())
    return render_template(
        "admin/jobs.html", page=page, names=reads.staff_names(scope.session(), page.items)
    )


@blueprint.get("/jobs/<int:job_id>")
@needs(Role.EDITOR)
def job(job_id: int) -> str | AnyResponse:
    found = load_job(job_id)
    if found.kind is JobKind.CHECK_IMPORT:
        return redirect(url_for("admin.import_file", job_id=job_id))
    return job_page(found)


def job_page(found: Job, **more: Any) -> str:
    """The page of a job as it stands; `more` is what an action has to say."""
    session = scope.session()
    shown: dict[str, Any] = {
        "job": found,
        "asker": session.get(Staff, found.staff_id) if found.staff_id else None,
        "file_until": _file_until(found),
        "import_words": import_words,
        "files_until": files_until,
        "described": _described(found),
        "undoing": undoing_of(session, found.id),
        "changed": changed_by(session, found.id) if found.kind is JobKind.CHANGE_READERS else 0,
    }
    return render_template("admin/job.html", **(shown | more))


@blueprint.get("/jobs/<int:job_id>/progress")
@needs(Role.EDITOR)
@passive
def job_progress(job_id: int) -> Response:
    """The moving part, ready to be shown."""
    found = load_job(job_id)
    return jsonify(
        state=found.state.value,
        words=str(STATES[found.state]),
        done=found.done,
        total=found.total,
        percent=percent(min(found.done, found.total), found.total) if found.total else "",
        count=gettext("%(done)s of %(total)s", done=number(found.done), total=number(found.total))
        if found.total
        else "",
    )


@blueprint.post("/jobs/<int:job_id>/cancel")
@needs(Role.EDITOR)
def stop_job(job_id: int) -> AnyResponse:
    """What was done stays, and is told on the page."""
    try:
        found = cancel_job(scope.session(), now=scope.now(), job_id=load_job(job_id).id)
    except JobConflict:
        flash(gettext("It had ended already."))
        return redirect(url_for("admin.job", job_id=job_id))
    audit(f"{found.kind.value}.cancel", object_type="job", object_id=job_id)
    scope.commit()
    flash(gettext("Stopped. What was done until now stays as it is."))
    return redirect(url_for("admin.job", job_id=job_id))


@blueprint.post("/jobs/<int:job_id>/resume")
@needs(Role.EDITOR)
def resume_job(job_id: int) -> AnyResponse:
    """Goes on with a job that failed or was stopped, from where it stood."""
    if load_job(job_id).state is JobState.DRAFT:
        abort(404)
    try:
        if undoing_of(scope.session(), job_id) is not None:
            raise JobConflict(load_job(job_id))
        found = start_job(scope.session(), job_id=job_id)
    except JobConflict:
        flash(gettext("There is nothing to go on with: look at how it stands."))
        return redirect(url_for("admin.job", job_id=job_id))
    audit(f"{found.kind.value}.resume", object_type="job", object_id=job_id)
    scope.commit((queue.RUN_JOB, job_id))
    return redirect(url_for("admin.job", job_id=job_id))


@blueprint.route("/jobs/<int:job_id>/undo", methods=["GET", "POST"])
@needs(Role.EDITOR)
def undo_job(job_id: int) -> str | AnyResponse:
    """Asks, and says what will happen, before an import or a change of many is undone."""
    found, session = load_job(job_id), scope.session()
    asked: dict[str, Any] = {"now": scope.now(), "staff_id": current_staff().id}
    if found.kind not in (JobKind.IMPORT, JobKind.CHANGE_READERS):
        abort(404)
    if request.method == "GET":
        return job_page(found, asks_undo=True, added=added_by(session, job_id))
    try:
        if found.kind is JobKind.IMPORT:
            undoing = ask_for_undo(session, import_id=job_id, **asked)
        else:
            undoing = ask_for_change_back(session, change_id=job_id, **asked)
    except JobConflict:
        flash(gettext("It is still being worked on. Stop it first."))
        return redirect(url_for("admin.job", job_id=job_id))
    audit(f"{found.kind.value}.undo", object_type="job", object_id=job_id)
    scope.commit((queue.RUN_JOB, undoing.id))
    return redirect(url_for("admin.job", job_id=undoing.id))


@blueprint.get("/jobs/<int:job_id>/refused")
@needs(Role.EDITOR)
def job_refused(job_id: int) -> Response:
    """The lines that a check or an import did not take, with the reason in the language of this
    page."""
    found = load_job(job_id)
    head = [gettext("Line"), gettext("Address"), gettext("Reason")]
    words = {code: str(reason) for code, reason in import_words.REASONS.items()}
    pieces = pieces_of(scope.runtime().sessions, job_id, JobFile.REFUSED)
    return download(f"refused-{found.id}.csv", _told(pieces, head, words))


@blueprint.post("/jobs/<int:job_id>/file")
@needs(Role.EDITOR)
def job_file(job_id: int) -> Response:
    """What an export wrote. Each fetching is noted, so it is no GET."""
    found = load_job(job_id)
    if _file_until(found) is None:
        abort(404)
    audit(f"{found.kind.value}.fetch", object_type="job", object_id=job_id, readers=found.done)
    scope.commit()
    pieces = pieces_of(scope.runtime().sessions, job_id, JobFile.RESULT)
    return download(f"readers-{found.created_at:%Y-%m-%d}-{job_id}.csv", pieces)


def pieces_of(sessions: sessionmaker[Session], job_id: int, file: JobFile) -> Iterator[bytes]:
    """The pieces of a file, read one by one while they go out: by a session of their own, since
    the request's is closed by then."""
    with sessions() as session:
        yield from read_parts(session, job_id, file)


def _told(pieces: Iterator[bytes], head: list[str], words: dict[str, str]) -> Iterator[bytes]:
    yield (BYTE_ORDER_MARK + csv_lines([head])).encode()
    for piece in pieces:
        rows = ((line, email, words.get(code, code)) for line, email, code in told_of(piece))
        yield csv_lines(rows).encode()


def download(name: str, pieces: Iterator[bytes]) -> Response:
    """A CSV that is saved and not shown."""
    response = Response(pieces, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def load_job(job_id: int) -> Job:
    """Raises `NoResultFound`, for which the admin says that there is no such page."""
    return scope.session().get_one(Job, job_id)


def _described(found: Job) -> list[str]:
    """The filter of an export in words."""
    if found.kind is not JobKind.EXPORT_READERS:
        return []
    return describe(from_json(found.facts["segment"]), topics(scope.session()))


def _file_until(found: Job) -> Any:
    """Until when the result can be fetched; None for a job that has none (any more)."""
    if found.kind is not JobKind.EXPORT_READERS or found.state is not JobState.DONE:
        return None
    until = files_until(found.finished_at)
    return until if until and until > scope.now() else None
