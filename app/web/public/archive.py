"""The public archive: the editions that went out, by month, one by one, and searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, make_response, render_template, request
from sqlalchemy import Select

from app.domain.archive import Story
from app.domain.folding import MAX_QUERY, query_words
from app.store.tables import Edition
from app.web import scope
from app.web.public import archive_reads as reads
from app.web.public.blueprint import public
from app.web.public.found import Found, find_in
from app.web.public.sharing import card_of_edition
from app.web.public.signup_form import blank_form

_HIGHEST_PAGE = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """The stories of one topic, each with its place in the edition."""

    topic: str
    stories: list[tuple[int, Story]]


@public.get("/archive")
def archive() -> str:
    page = _page(reads.visible())
    return render_template(
        "public/archive.html",
        page=page,
        month=None,
        months=reads.months(scope.session(), scope.settings().timezone),
        form=blank_form(),
    )


@public.get("/archive/<int:year>/<int:month>")
def archive_month(year: int, month: int) -> str:
    if not (1970 <= year <= 9998 and 1 <= month <= 12):
        abort(404)
    first, zone = date(year, month, 1), scope.settings().timezone
    page = _page(reads.in_month(first, zone))
    if not page.total:
        abort(404)
    return render_template(
        "public/archive.html",
        page=page,
        month=first,
        months=reads.months(scope.session(), zone),
        form=blank_form(),
    )


@public.get("/archive/<int:number>")
def edition(number: int) -> str:
    found = reads.find_edition(scope.session(), number)
    if found is None:
        abort(404)
    older, newer = reads.neighbours(scope.session(), found)
    return render_template(
        "public/edition.html",
        edition=found,
        lead=found.stories[0] if found.stories else None,
        sections=_by_topic(found.stories),
        older=older,
        newer=newer,
        shared=card_of_edition(found),
        form=blank_form(),
    )


@public.get("/archive/search")
def search() -> Response:
    """Looks for every word of `q`; a query without one says so and finds nothing."""
    typed = " ".join(request.args.get("q", "").replace("\x00", " ").split())
    words = query_words(typed)
    page, found = None, []
    if words:
        page = _page(reads.with_words(words))
        found = [find_in(edition, words) for edition in page.items]
    return _search_page(typed[:MAX_QUERY], found, page, asked="q" in request.args)


def _search_page(
    typed: str, found: list[Found], page: reads.Page | None, *, asked: bool
) -> Response:
    response = make_response(
        render_template(
            "public/archive_search.html", typed=typed, found=found, page=page, asked=asked
        )
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(query: Select[Edition]) -> reads.Page:
    """The page that was asked for; one that does not exist is an unknown page."""
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    page = reads.page_of(scope.session(), query, number) if number <= _HIGHEST_PAGE else None
    if page is None:
        abort(404)
    return page


def _by_topic(stories: Sequence[Story]) -> list[Section]:
    """All stories but the lead under their topics, in the order in which these first come."""
    grouped: defaultdict[str, list[tuple[int, Story]]] = defaultdict(list)
    for place, story in enumerate(stories[1:], 2):
        grouped[story.topic].append((place, story))
    return [Section(topic=topic, stories=group) for topic, group in grouped.items()]
