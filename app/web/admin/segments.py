"""Segments: filters of readers that editors keep under a name, and what each of them means."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.segment import EVERYBODY, InvalidSegment
from app.domain.staff import Role
from app.store.tables import SavedSegment
from app.usecases.manage_segments import (
    SegmentInUse,
    change_segment,
    delete_segment,
    filter_of,
    list_segments,
    rename_segment,
    save_segment,
    users_of,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.segment import args_of
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.content import topics
from app.web.admin.readers import list_page, read_filter
from app.web.admin.record import audit
from app.web.admin.segment_words import describe
from app.web.admin.words import SEGMENT_REFUSALS
from app.web.row_numbers import HIGHEST


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A name that was typed, and what is wrong with it."""

    name: str
    error: str


@blueprint.get("/segments")
@needs(Role.VIEWER)
def segments() -> str:
    all_topics = topics(scope.session())
    lines = [
        (one, describe(filter_of(one), all_topics), args_of(filter_of(one), all_topics))
        for one in list_segments(scope.session())
    ]
    return render_template("admin/segments.html", segments=lines)


@blueprint.post("/segments")
@needs(Role.EDITOR)
def keep_segment() -> Response:
    """Keeps the filter of the address under the name that was typed."""
    form, segment = read_filter()
    if segment is None:
        return list_page(form, segment)
    name = request.form.get("name", "")
    try:
        made = save_segment(
            scope.session(),
            now=scope.now(),
            name=name,
            segment=segment,
            staff_id=current_staff().id,
        )
    except InvalidSegment as refusal:
        refused = Refused(name=name, error=str(SEGMENT_REFUSALS[refusal.code]))
        return list_page(form, segment, saving=refused, status=400)
    audit("segment.add", object_type="segment", object_id=made.id, name=made.name)
    scope.commit()
    flash(gettext("The segment “%(name)s” is kept.", name=made.name))
    return _to_list(made)


@blueprint.post("/segments/filter")
@needs(Role.EDITOR)
def refilter_segment() -> Response:
    """Gives the kept segment that was chosen the filter of the address."""
    form, segment = read_filter()
    if segment is None:
        return list_page(form, segment)
    segment_id = request.form.get("segment", type=int) or 0
    if segment == EVERYBODY or not 0 < segment_id <= HIGHEST:
        abort(400)
    saved = change_segment(scope.session(), segment_id=segment_id, segment=segment)
    audit("segment.change", object_type="segment", object_id=segment_id, name=saved.name)
    scope.commit()
    flash(gettext("The segment “%(name)s” has this filter now.", name=saved.name))
    return _to_list(saved)


@blueprint.route("/segments/<int:segment_id>/rename", methods=["GET", "POST"])
@needs(Role.EDITOR)
def rename_kept_segment(segment_id: int) -> Response | str | tuple[str, int]:
    saved = scope.session().get_one(SavedSegment, segment_id)
    was = saved.name
    if request.method == "GET":
        return _name_page(saved, Refused(name=was, error=""))
    name = request.form.get("name", "")
    try:
        saved = rename_segment(scope.session(), segment_id=segment_id, name=name)
    except InvalidSegment as refusal:
        refused = Refused(name=name, error=str(SEGMENT_REFUSALS[refusal.code]))
        return _name_page(scope.session().get_one(SavedSegment, segment_id), refused), 400
    if saved.name != was:
        detail = {"was": was, "name": saved.name}
        audit("segment.rename", object_type="segment", object_id=segment_id, **detail)
    scope.commit()
    flash(gettext("The segment is called “%(name)s” now.", name=saved.name))
    return redirect(url_for("admin.segments"))


@blueprint.get("/segments/<int:segment_id>/delete")
@needs(Role.EDITOR)
def confirm_delete_segment(segment_id: int) -> str:
    saved = scope.session().get_one(SavedSegment, segment_id)
    return render_template(
        "admin/segment_delete.html",
        segment=saved,
        described=describe(filter_of(saved), topics(scope.session())),
        users=users_of(scope.session(), segment_id),
    )


@blueprint.post("/segments/<int:segment_id>/delete")
@needs(Role.EDITOR)
def remove_segment(segment_id: int) -> Response:
    try:
        saved = delete_segment(scope.session(), segment_id=segment_id)
    except SegmentInUse as used:
        names = gettext(", ").join(used.schedules)
        flash(gettext("It stays: these schedules write to it: %(names)s", names=names), "warn")
        return redirect(url_for("admin.segments"))
    audit("segment.delete", object_type="segment", object_id=segment_id, name=saved.name)
    scope.commit()
    flash(gettext("The segment “%(name)s” is forgotten. Its readers stay.", name=saved.name))
    return redirect(url_for("admin.segments"))


def _name_page(saved: SavedSegment, typed: Refused) -> str:
    """`typed` is the name in the field, with what is wrong with it."""
    described = describe(filter_of(saved), topics(scope.session()))
    return render_template(
        "admin/segment_rename.html", segment=saved, described=described, typed=typed
    )


def _to_list(saved: SavedSegment) -> Response:
    args = args_of(filter_of(saved), topics(scope.session()))
    return redirect(url_for("admin.readers", **args))
