"""Many readers changed at once: those chosen on a page of the list, or all of its filter. What is
to be done is asked first, then named with the number of readers, then a job does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.bulk import MAX_CHOSEN, Change, Deed
from app.domain.segment import Segment, to_json
from app.domain.staff import Role
from app.usecases.change_readers import ask_for_change
from app.usecases.find_readers import TooLong, count_all, count_chosen
from app.usecases.manage_segments import filter_of, list_segments
from app.web import scope
from app.web.admin import display
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.bulk import ChangeForm
from app.web.admin.forms.segment import args_of
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.content import topics
from app.web.admin.readers import LONG_PATIENCE, list_page, read_filter, site_zone
from app.web.admin.record import audit
from app.web.admin.segment_words import describe
from app.web.admin.words import CADENCES
from app.web.i18n import language
from app.web.row_numbers import HIGHEST


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """The readers that a change is for: `ids`, or all of the segment where that is None."""

    segment: Segment
    ids: list[int] | None

    def args(self) -> dict[str, Any]:
        """Of the address of this page."""
        args = args_of(self.segment, topics(scope.session()))
        return {**args, "whole": 1} if self.ids is None else {**args, "reader": self.ids}


@blueprint.route("/readers/change", methods=["GET", "POST"])
@needs(Role.EDITOR)
def change_readers() -> Response | tuple[str, int]:
    filtered, segment = read_filter()
    if segment is None:
        return list_page(filtered, segment)
    meant = Meant(segment=segment, ids=None if "whole" in request.args else _chosen())
    if meant.ids == []:
        flash(gettext("Choose some readers first."), "warn")
        return redirect(url_for("admin.readers", **args_of(segment, topics(scope.session()))))
    all_topics = list(topics(scope.session()))
    form = ChangeForm()
    form.offer(all_topics)
    change = form.change(all_topics) if request.method == "POST" else None
    if change is None:
        return _page("admin/readers_change.html", meant, form=form), form.status
    readers = _count(meant)
    if "sure" not in request.form:
        words = _will_happen(change)
        asked = _page("admin/readers_sure.html", meant, form=form, readers=readers, deed=words)
        return asked, 200
    return _begin(meant, change, readers)


def _kept_as(segment: Segment) -> str:
    """The name under which this filter is kept, "" where it is not."""
    saved = list_segments(scope.session())
    return next((one.name for one in saved if filter_of(one) == segment), "")


def _begin(meant: Meant, change: Change, readers: int | None) -> Response:
    job = ask_for_change(
        scope.session(),
        now=scope.now(),
        staff_id=current_staff().id,
        change=change,
        segment=meant.segment,
        segment_name=_kept_as(meant.segment),
        ids=meant.ids,
        total=readers or 0,
    )
    detail: dict[str, Any] = {"deed": change.deed.value, "readers": readers}
    if meant.ids is None:
        detail["segment"] = to_json(meant.segment)
    audit("change_readers.ask", object_type="job", object_id=job.id, **detail)
    scope.commit((queue.RUN_JOB, job.id))
    return redirect(url_for("admin.job", job_id=job.id))


def _chosen() -> list[int]:
    numbers = request.args.getlist("reader", type=int)
    return [number for number in dict.fromkeys(numbers) if 0 < number <= HIGHEST][:MAX_CHOSEN]


def _count(meant: Meant) -> int | None:
    """How many they are; None where that takes too long to tell."""
    if meant.ids is not None:
        return count_chosen(scope.session(), meant.ids)
    try:
        return count_all(
            scope.session(),
            meant.segment,
            now=scope.now(),
            zone=site_zone(),
            patience=LONG_PATIENCE,
        )
    except TooLong:
        return None


def _page(template: str, meant: Meant, **shown: Any) -> str:
    all_topics = topics(scope.session())
    return render_template(
        template,
        chosen=meant.ids,
        chosen_words=_chosen_words(meant.ids or []),
        described=describe(meant.segment, all_topics),
        back=url_for("admin.readers", **args_of(meant.segment, all_topics)),
        action=url_for("admin.change_readers", **meant.args()),
        **shown,
    )


def _chosen_words(ids: list[int]) -> str:
    count = len(ids)
    return ngettext(
        "One chosen reader", "%(number)s chosen readers", count, number=display.number(count)
    )


def _will_happen(change: Change) -> list[str]:
    """What the job will do, one sentence after another."""
    names = {topic.bit: topic.name(language()) for topic in topics(scope.session())}
    told = gettext("They are not told.")
    undone = gettext("The change can be undone for ninety days.")
    if change.deed is Deed.UNSUBSCRIBE:
        return [
            gettext("They get nothing from now on, campaigns on their way included."),
            gettext("Only they themselves can come back, by signing up again."),
            told,
        ]
    if change.bit is None:
        pace = CADENCES[change.cadence or ""]
        return [gettext("Their pace becomes: %(pace)s.", pace=pace), told, undone]
    topic = names.get(change.bit, "")
    if change.deed is Deed.ADD_TOPIC:
        return [gettext("From now on they follow “%(topic)s” too.", topic=topic), told, undone]
    return [
        gettext("From now on they do not follow “%(topic)s” any more.", topic=topic),
        gettext("Who follows nothing else keeps it: to follow no topic means to follow all."),
        told,
        undone,
    ]
