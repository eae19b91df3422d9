"""One source: its name and topic, and what becomes of the categories of its entries."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import Role, may
from app.store.tables import Source
from app.usecases.manage_sources import InvalidSource, articles_of, remove_source
from app.usecases.map_categories import REFILED, change_source, map_categories, read_categories
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import number
from app.web.admin.forms.base import topic_choices
from app.web.admin.forms.content import SourceSettingsForm
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import content as reads
from app.web.admin.record import audit
from app.web.admin.words import SOURCE_REFUSALS

_FIELD = "category-"


@blueprint.get("/sources/<int:source_id>")
@needs(Role.VIEWER)
def source(source_id: int) -> str:
    found = _found(source_id)
    return _page(found, _form(found) if may(current_staff().role, Role.EDITOR) else None)


@blueprint.post("/sources/<int:source_id>/settings")
@needs(Role.EDITOR)
def save_source(source_id: int) -> Response | tuple[str, int]:
    found = _found(source_id)
    form, before = _form(found), found.url
    if not form.validate_on_submit():
        return _page(found, form), 400
    try:
        change_source(
            scope.session(),
            now=scope.now(),
            source_id=source_id,
            name=form.name.data or "",
            topic=form.topic.data,
            follow_links=form.follow_links.data,
            url=form.url.data,
        )
    except InvalidSource as refusal:
        field = form.topic if refusal.code == "unknown_topic" else form.url
        form.refuse(field, SOURCE_REFUSALS, refusal.code)
        return _page(found, form), 400
    moved = {"was": before, "url": found.url} if found.url != before else {}
    audit(
        "source.change", object_type="source", object_id=source_id, topic=form.topic.data, **moved
    )
    scope.commit(*([(queue.INGEST_SOURCE, source_id)] if moved and found.active else []))
    flash(gettext("The source is saved."))
    return redirect(url_for("admin.source", source_id=source_id))


@blueprint.post("/sources/<int:source_id>/categories")
@needs(Role.EDITOR)
def save_categories(source_id: int) -> Response | tuple[str, int]:
    found = _found(source_id)
    choices = {
        int(name.removeprefix(_FIELD)): value
        for name, value in request.form.items()
        if name.startswith(_FIELD) and name.removeprefix(_FIELD).isdecimal() and len(name) < 20
    }
    try:
        filed = map_categories(
            scope.session(), now=scope.now(), source_id=source_id, choices=choices
        )
    except InvalidSource as refusal:
        return _page(found, _form(found, typed=False), refusal=refusal.code), 400
    audit("source.categories", object_type="source", object_id=source_id, refiled=filed)
    scope.commit()
    flash(
        ngettext(
            "The categories are saved; %(number)s article changed its topics.",
            "The categories are saved; %(number)s articles changed their topics.",
            filed,
            number=number(filed),
        )
        if filed
        else gettext("The categories are saved.")
    )
    return redirect(url_for("admin.source", source_id=source_id))


@blueprint.get("/sources/<int:source_id>/remove")
@needs(Role.EDITOR)
def confirm_remove_source(source_id: int) -> str:
    found = _found(source_id)
    return _page(found, _form(found), asks_removal=True)


@blueprint.post("/sources/<int:source_id>/remove")
@needs(Role.EDITOR)
def drop_source(source_id: int) -> Response | tuple[str, int]:
    found = _found(source_id)
    try:
        gone = remove_source(scope.session(), source_id=source_id)
    except InvalidSource as refusal:
        return _page(found, _form(found), refusal=refusal.code), 409
    audit("source.remove", object_type="source", object_id=source_id, url=gone.url)
    scope.commit()
    flash(gettext("The source is removed."))
    return redirect(url_for("admin.sources"))


def _found(source_id: int) -> Source:
    return scope.session().get(Source, source_id) or abort(404)


def _form(found: Source, *, typed: bool = True) -> SourceSettingsForm:
    known = {
        "url": found.url,
        "name": found.name,
        "topic": found.topic.slug,
        "follow_links": found.follow_links,
    }
    form = SourceSettingsForm(data=known) if typed else SourceSettingsForm(None, data=known)
    form.topic.choices = topic_choices(reads.topics(scope.session()))
    return form


def _page(
    found: Source,
    form: SourceSettingsForm | None,
    refusal: str = "",
    *,
    asks_removal: bool = False,
) -> str:
    return render_template(
        "admin/source.html",
        source=found,
        hub=reads.hub(scope.session(), found.id),
        categories=read_categories(scope.session(), found),
        topics=reads.topics(scope.session()),
        days=REFILED.days,
        form=form,
        refusal=SOURCE_REFUSALS.get(refusal) if refusal else None,
        article_count=articles_of(scope.session(), found.id),
        asks_removal=asks_removal,
    )
