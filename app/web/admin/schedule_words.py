"""The words of schedules: their days, the spans around an approval, clock changes, and what
became of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel.speaklater import LazyString

from app.domain.schedule import ALL_DAYS, MissReason, mask_to_days
from app.web.admin.display import number, weekday
from app.web.admin.forms.schedule import weekdays_in_order
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.i18n import lazy_gettext as _

MISS_REASONS: Mapping[str, LazyString] = {
    MissReason.PAUSED: _("The schedule was paused."),
    MissReason.NOT_RUNNING: _(
        "Missed: the service was not running then, and it was too late afterwards."
    ),
}


def days_in_words(mask: int) -> str:
    """The days of a daily schedule as a list; "" for every day."""
    if mask == ALL_DAYS:
        return ""
    chosen = set(mask_to_days(mask))
    return gettext(", ").join(weekday(day) for day in weekdays_in_order() if day in chosen)


def span(minutes: int) -> str:
    """A length of time in the largest unit that holds it without a rest."""
    if minutes % 60 or not minutes:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes, number=number(minutes))
    hours = minutes // 60
    return ngettext("%(number)s hour", "%(number)s hours", hours, number=number(hours))


def lead_words(minutes: int) -> str:
    return (
        gettext("%(span)s before its time", span=span(minutes))
        if minutes
        else gettext("at its time")
    )


def limit_words(minutes: int) -> str:
    return gettext("%(span)s after its time", span=span(minutes))


def offset_words(offset: timedelta) -> str:
    """A zone's distance from UTC, such as UTC+3 or UTC+5:30."""
    minutes = int(offset.total_seconds()) // 60
    sign, (hours, rest) = ("-" if minutes < 0 else "+"), divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}"
