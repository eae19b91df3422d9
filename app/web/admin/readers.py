"""The list of readers: found by a filter, page by page, and counted as far as that is quick. All
staff may see addresses: who may not see readers at all gets no account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from app.domain.segment import EVERYBODY, Segment
from app.domain.staff import Role
from app.domain.subscription import SubscriberState
from app.store.reader_counts import readers_by_state
from app.usecases.find_readers import (
    PATIENCE,
    Counted,
    Found,
    TooLong,
    count_all,
    count_readers,
    find_readers,
)
from app.usecases.manage_segments import filter_of, list_segments
from app.web import scope
from app.web.admin import display
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.forms.segment import FilterForm, args_of
from app.web.admin.i18n import gettext
from app.web.admin.keyset import asked_place, write_place
from app.web.admin.paging import PAGE_SIZE
from app.web.admin.queries import people as reads
from app.web.admin.queries.content import topics
from app.web.admin.segment_words import describe
from app.web.i18n import language

LONG_PATIENCE = 20_000
"""Milliseconds for who asks to look at all readers."""


@blueprint.get("/readers")
@needs(Role.VIEWER)
def readers() -> Response:
    form, segment = read_filter()
    return list_page(form, segment)


@blueprint.get("/readers/count")
@needs(Role.VIEWER)
@passive
def count_of_readers() -> Response:
    """The exact number of a filter's readers, and of those that can be written to now: for the
    pages that show it as the filter is changed."""
    form, segment = read_filter()
    if segment is None:
        wrong = [str(error) for field in form for error in field.errors]
        return make_response(jsonify(errors=wrong), 400)
    where: dict[str, Any] = {"now": scope.now(), "zone": site_zone(), "patience": LONG_PATIENCE}
    try:
        all_of_them = count_all(scope.session(), segment, **where)
        sendable = count_all(scope.session(), segment, sendable=True, **where)
    except TooLong:
        words = gettext("This takes too long to count. Narrow the filter down.")
        return make_response(jsonify(errors=[words]), 503)
    return jsonify(
        readers=all_of_them,
        sendable=sendable,
        words=display.number(all_of_them),
        sendable_words=display.number(sendable),
    )


def read_filter() -> tuple[FilterForm, Segment | None]:
    """The filter of this address, and the segment it means."""
    form = FilterForm(request.args)
    all_topics = topics(scope.session())
    form.offer(all_topics, reads.zones(scope.session()), language())
    return form, form.segment(all_topics)


def site_zone() -> ZoneInfo:
    return ZoneInfo(scope.settings().timezone)


def list_page(
    form: FilterForm, segment: Segment | None, *, saving: Any = None, status: int = 200
) -> Response:
    """The list, with the form `saving` for keeping its filter, if that was refused."""
    session = scope.session()
    all_topics = topics(session)
    found, counted = _find(segment)
    shown = segment or EVERYBODY
    args = args_of(shown, all_topics)
    saved = list_segments(session)
    page = render_template(
        "admin/readers.html",
        form=form,
        segment=segment,
        args=args,
        args_but_state=args_of(replace(shown, states=()), all_topics),
        narrowed=replace(shown, states=()) != EVERYBODY,
        described=describe(shown, all_topics),
        found=found,
        counted=counted,
        older=write_place(found.older) if found else None,
        newer=write_place(found.newer) if found else None,
        counts=readers_by_state(session),
        states=list(SubscriberState),
        waiting=reads.waiting_signups(session),
        saved=[(one, args_of(filter_of(one), all_topics)) for one in saved],
        current=next((one for one in saved if segment and filter_of(one) == segment), None),
        saving=saving,
        topics=all_topics,
        topic_names=reads.topic_names,
    )
    return make_response(page, 400 if segment is None else status)


def _find(segment: Segment | None) -> tuple[Found | None, Counted | None]:
    """The page asked for and the count; None for what would take too long."""
    if segment is None:
        return Found(readers=[], older=None, newer=None), None
    where: dict[str, Any] = {"now": scope.now(), "zone": site_zone()}
    where["patience"] = LONG_PATIENCE if "wait" in request.args else PATIENCE
    try:
        found = find_readers(
            scope.session(),
            segment,
            size=PAGE_SIZE,
            older_than=asked_place("older"),
            newer_than=asked_place("newer"),
            **where,
        )
    except TooLong:
        return None, None
    return found, count_readers(scope.session(), segment, **where)
