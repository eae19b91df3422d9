"""Sources: how each feed is, a new one, and asking for one now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import Role, may
from app.usecases.look_for_feed import FeedLook, look_for_feed
from app.usecases.manage_sources import (
    InvalidSource,
    add_source,
    request_fetch,
    set_source_active,
)
from app.web import scope
from app.web.admin import slow
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import duration
from app.web.admin.forms.base import topic_choices
from app.web.admin.forms.content import SourceForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import content as reads
from app.web.admin.record import audit
from app.web.admin.words import SOURCE_REFUSALS
from app.web.limiter import TooMany


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


@blueprint.post("/sources/look")
@needs(Role.EDITOR)
def look_at_address() -> tuple[str, int]:
    """What is at the address that was typed, or at a feed that its page names. Waits for a
    stranger's server (`look_for_feed.PATIENCE`); nothing is written."""
    form = _form()
    picked = request.form.get("pick", "")
    if picked:
        form.url.data = picked
    elif not form.url.validate(form):
        return _page(form), 400
    try:
        slow.count("look-source")
    except TooMany as refusal:
        form.url.errors = [gettext("Try again in %(time)s.", time=duration(refusal.seconds))]
        return _page(form), 429
    # No transaction is open while others are waited for.
    scope.session().commit()
    found = look_for_feed(form.url.data, scope.settings(), now=scope.now())
    if not found.error_code:
        form.url.data = found.url
        form.name.data = form.name.data or found.title[:120]
    return _page(form, found=found), 200


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


def _page(form: SourceForm | None, found: FeedLook | None = None) -> str:
    shown: dict[str, Any] = {
        "sources": reads.sources(scope.session()),
        "form": form,
        "found": found,
    }
    return render_template("admin/sources.html", **shown)


def _back() -> Response:
    return redirect(url_for("admin.sources"))
