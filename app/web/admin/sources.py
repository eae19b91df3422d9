"""Sources: how each feed is, a new one, and asking for one now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import Role, may
from app.usecases.manage_sources import (
    InvalidSource,
    add_source,
    request_fetch,
    set_source_active,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.base import topic_choices
from app.web.admin.forms.content import SourceForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import content as reads
from app.web.admin.record import audit
from app.web.admin.words import SOURCE_REFUSALS


@blueprint.get("/sources")
@needs(Role.VIEWER)
def sources() -> str:
    return _page(_form() if may(current_staff().role, Role.EDITOR) else None)


@blueprint.post("/sources/new")
@needs(Role.EDITOR)
def add_new_source() -> Response | tuple[str, int]:
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        made = add_source(
            scope.session(),
            now=scope.now(),
            url=form.url.data,
            topic=form.topic.data,
            name=form.name.data or "",
            follow_links=form.follow_links.data,
        )
    except InvalidSource as refusal:
        field = form.topic if refusal.code == "unknown_topic" else form.url
        form.refuse(field, SOURCE_REFUSALS, refusal.code)
        return _page(form), 400
    audit("source.add", object_type="source", object_id=made.id, url=made.url)
    scope.commit((queue.INGEST_SOURCE, made.id))
    flash(gettext("The source is added and is being fetched."))
    return _back()


@blueprint.post("/sources/<int:source_id>/fetch")
@needs(Role.EDITOR)
def fetch_source(source_id: int) -> Response:
    found = request_fetch(scope.session(), now=scope.now(), source_id=source_id)
    audit("source.fetch", object_type="source", object_id=found.id)
    scope.commit((queue.INGEST_SOURCE, found.id))
    flash(gettext("The source is being fetched. Reload in a moment to see what came of it."))
    return _back()


@blueprint.post("/sources/<int:source_id>/active")
@needs(Role.EDITOR)
def switch_source(source_id: int) -> Response:
    active = request.form.get("active") == "1"
    set_source_active(scope.session(), now=scope.now(), source_id=source_id, active=active)
    audit(
        "source.activate" if active else "source.pause", object_type="source", object_id=source_id
    )
    scope.commit()
    flash(
        gettext("The source is looked at again.")
        if active
        else gettext("The source is paused: nothing comes in from it.")
    )
    return _back()


def _form() -> SourceForm:
    form = SourceForm()
    form.topic.choices = topic_choices(reads.topics(scope.session()))
    return form


def _page(form: SourceForm | None) -> str:
    shown: dict[str, Any] = {"sources": reads.sources(scope.session()), "form": form}
    return render_template("admin/sources.html", **shown)


def _back() -> Response:
    return redirect(url_for("admin.sources"))
