"""Readers: counts, search, and one reader with choices and the history of consent. All staff may
see addresses: who may not see readers at all gets no account."""

from __future__ import annotations

from flask import abort, render_template, request

from app.domain.staff import Role
from app.domain.subscription import SubscriberState
from app.store.tables import Subscriber
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.paging import like_pattern, paged, search_words
from app.web.admin.queries import people as reads
from app.web.admin.queries.content import topics
from app.web.i18n import language


@blueprint.get("/readers")
@needs(Role.VIEWER)
def readers() -> str:
    words = search_words()
    wanted = request.args.get("state", "")
    state = SubscriberState(wanted) if wanted in set(SubscriberState) else None
    query = reads.readers(state, like_pattern(words.casefold()) if words else None)
    return render_template(
        "admin/readers.html",
        page=paged(scope.session(), query),
        counts=reads.reader_counts(scope.session()),
        waiting=reads.waiting_signups(scope.session()),
        words_typed=words,
        state=state,
        topics=topics(scope.session()),
        topic_names=reads.topic_names,
    )


@blueprint.get("/readers/<int:reader_id>")
@needs(Role.VIEWER)
def reader(reader_id: int) -> str:
    found = scope.session().get(Subscriber, reader_id) or abort(404)
    all_topics = topics(scope.session())
    return render_template(
        "admin/reader.html",
        reader=found,
        topic_names=reads.topic_names(all_topics, found.topic_mask, language()),
        history=[
            (event, reads.topic_names(all_topics, event.topic_mask, language()))
            for event in reads.consent_history(scope.session(), found)
        ],
    )
