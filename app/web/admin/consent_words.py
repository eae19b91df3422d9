"""The words of the history of consent: where something was agreed to. What stands in the history
was written once and for all, in English and for any reader of the database."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.web.admin import display, words
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.i18n import lazy_gettext as _

_PLACES: Mapping[str, LazyString] = {
    "sign-up form": _("The sign-up form"),
    "box in a frame": _("The sign-up box in a frame"),
    "confirmation page": _("The confirmation page"),
    "preferences page": _("The reader's own page"),
    "leaving page": _("The page for leaving"),
    "taken back on the leaving page": _("Taken back on the page for leaving"),
    "one-click": _("The mailbox's own button"),
    "by the staff": _("By the staff"),
    "by the staff, many readers at once": _("By the staff, many readers at once"),
    "by the staff, a change of many readers undone": _("By the staff, a change undone"),
    "a topic was merged": _("By the staff: a topic was merged into another"),
    "taken off the suppression list by the staff": _("Taken off the suppression list by the staff"),
    "import": _("An import"),
    "complaint": _("The mail was marked as spam"),
    **words.SUPPRESSION_REASONS,
}

_PAUSED = re.compile(r"(.*), (?:paused for ([0-9]+) weeks|pause ended)")
_FORM = re.compile(r"form on (.+)")


def place_words(place: str) -> str:
    """Where it was, and what was done there where the kind of the event does not say it; what is
    not known stays as it was written."""
    if paused := _PAUSED.fullmatch(place):
        return gettext(
            "%(place)s: %(deed)s", place=place_words(paused[1]), deed=_pause(int(paused[2] or 0))
        )
    if form := _FORM.fullmatch(place):
        return gettext("The form on %(site)s", site=f"\u2068{form[1]}\u2069")
    return str(_PLACES.get(place, place))


def pause_words(weeks: int) -> str:
    """The button, or the choice, of a pause so long."""
    return ngettext("For one week", "For %(number)s weeks", weeks, number=display.number(weeks))


def _pause(weeks: int) -> str:
    if not weeks:
        return gettext("the pause ended")
    return ngettext(
        "paused for one week", "paused for %(number)s weeks", weeks, number=display.number(weeks)
    )
