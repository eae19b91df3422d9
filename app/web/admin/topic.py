"""One topic: its names, its place in the order, what hangs on it, and how it ends: merged into
another, or removed where nothing hangs on it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role, may
from app.store.tables import Topic
from app.usecases.arrange_topics import (
    merge_topics,
    move_topic,
    remove_topic,
    rename_topic,
    uses_of,
)
from app.usecases.manage_sources import InvalidSource
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import number
from app.web.admin.forms.content import TopicNamesForm
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import content as reads
from app.web.admin.record import audit
from app.web.admin.words import TOPIC_REFUSALS
from app.web.i18n import language


@blueprint.get("/topics/<int:topic_id>")
@needs(Role.VIEWER)
def topic(topic_id: int) -> str:
    found = _found(topic_id)
    return _page(found, _form(found))


@blueprint.post("/topics/<int:topic_id>")
@needs(Role.EDITOR)
def save_topic(topic_id: int) -> Response | tuple[str, int]:
    found, form = _found(topic_id), TopicNamesForm()
    if not form.validate_on_submit():
        return _page(found, form), 400
    try:
        rename_topic(
            scope.session(), topic_id, name_ar=form.name_ar.data, name_en=form.name_en.data
        )
    except InvalidSource as refusal:
        form.refuse(form.name_ar, TOPIC_REFUSALS, refusal.code)
        return _page(found, form), 400
    audit("topic.rename", object_type="topic", object_id=topic_id, slug=found.slug)
    scope.commit()
    flash(gettext("The names are saved: pages and coming mails show them."))
    return _list()


@blueprint.post("/topics/<int:topic_id>/move")
@needs(Role.EDITOR)
def shift_topic(topic_id: int) -> Response:
    moved = move_topic(
        scope.session(), topic_id, places=-1 if request.form.get("where") == "up" else 1
    )
    audit("topic.move", object_type="topic", object_id=topic_id, slug=moved.slug)
    scope.commit()
    return redirect(url_for("admin.topics", _anchor=f"topic-{topic_id}"))


@blueprint.get("/topics/<int:topic_id>/merge")
@needs(Role.EDITOR)
def confirm_merge_topic(topic_id: int) -> str | tuple[str, int]:
    found = _found(topic_id)
    into = _named(request.args.get("into", ""))
    if into is None or into is found:
        return _page(found, _form(found), refusal="same_topic"), 400
    return _page(found, _form(found), into=into)


@blueprint.post("/topics/<int:topic_id>/merge")
@needs(Role.EDITOR)
def merge_topic(topic_id: int) -> Response | tuple[str, int]:
    found = _found(topic_id)
    slug, name = found.slug, found.name(language())
    try:
        into, readers = merge_topics(
            scope.session(), now=scope.now(), topic_id=topic_id, into=request.form.get("into", "")
        )
    except InvalidSource as refusal:
        return _page(found, _form(found), refusal=refusal.code), 409
    audit("topic.merge", object_type="topic", object_id=into.id, slug=slug, into=into.slug)
    scope.commit()
    flash(
        ngettext(
            "%(topic)s is part of %(into)s now, and one reader with it.",
            "%(topic)s is part of %(into)s now, and %(number)s readers with it.",
            readers,
            topic=name,
            into=into.name(language()),
            number=number(readers),
        )
    )
    return _list()


@blueprint.get("/topics/<int:topic_id>/remove")
@needs(Role.EDITOR)
def confirm_remove_topic(topic_id: int) -> str:
    found = _found(topic_id)
    return _page(found, _form(found), asks_removal=True)


@blueprint.post("/topics/<int:topic_id>/remove")
@needs(Role.EDITOR)
def end_topic(topic_id: int) -> Response | tuple[str, int]:
    found = _found(topic_id)
    slug, name = found.slug, found.name(language())
    try:
        remove_topic(scope.session(), now=scope.now(), topic_id=topic_id)
    except InvalidSource as refusal:
        return _page(found, _form(found), refusal=refusal.code), 409
    audit("topic.remove", object_type="topic", object_id=topic_id, slug=slug)
    scope.commit()
    flash(gettext("%(topic)s is removed: nobody can choose it any more.", topic=name))
    return _list()


def _page(found: Topic, form: TopicNamesForm | None, refusal: str = "", **more: Any) -> str:
    session = scope.session()
    return render_template(
        "admin/topic.html",
        topic=found,
        form=form,
        uses=uses_of(session, found),
        others=[one for one in reads.topics(session) if one is not found],
        refusal=TOPIC_REFUSALS[refusal] if refusal else "",
        **{"into": None, "asks_removal": False, **more},
    )


def _form(found: Topic) -> TopicNamesForm | None:
    if not may(current_staff().role, Role.EDITOR):
        return None
    return TopicNamesForm(None, data={"name_ar": found.name_ar, "name_en": found.name_en})


def _found(topic_id: int) -> Topic:
    return scope.session().get(Topic, topic_id) or abort(404)


def _named(slug: str) -> Topic | None:
    return next((one for one in reads.topics(scope.session()) if one.slug == slug), None)


def _list() -> Response:
    return redirect(url_for("admin.topics"))
