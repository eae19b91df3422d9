"""Topics: the sections a reader can follow, and a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role, may
from app.usecases.manage_sources import InvalidSource, add_topic
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.content import TopicForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import content as reads
from app.web.admin.record import audit
from app.web.admin.words import TOPIC_REFUSALS


@blueprint.get("/topics")
@needs(Role.VIEWER)
def topics() -> str:
    return _page(TopicForm() if may(current_staff().role, Role.EDITOR) else None)


@blueprint.post("/topics/new")
@needs(Role.EDITOR)
def add_new_topic() -> Response | tuple[str, int]:
    form = TopicForm()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        made = add_topic(
            scope.session(),
            slug=form.slug.data,
            name_ar=form.name_ar.data,
            name_en=form.name_en.data,
        )
    except InvalidSource as refusal:
        form.refuse(form.slug, TOPIC_REFUSALS, refusal.code)
        return _page(form), 400
    audit("topic.add", object_type="topic", object_id=made.id, slug=made.slug)
    scope.commit()
    flash(gettext("The topic is added: readers can choose it from now on."))
    return redirect(url_for("admin.topics"))


def _page(form: TopicForm | None) -> str:
    return render_template(
        "admin/topics.html",
        topics=reads.topics(scope.session()),
        article_counts=reads.articles_by_topic(scope.session()),
        form=form,
    )
