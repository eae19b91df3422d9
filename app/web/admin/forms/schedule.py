"""The form of a schedule."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import NumberRange, StopValidation, ValidationError

from app.domain.campaign import CampaignKind
from app.domain.edition import DESIGNS_FOR, Design
from app.domain.subscription import Cadence
from app.domain.window import MAX_CANDIDATES
from app.web.admin.forms.base import LANGUAGE_CHOICES, AdminForm, Checkboxes, at_most, required
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import CADENCES, DESIGNS, SCHEDULE_REFUSALS

_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian")
_WEEK_FROM_SUNDAY = (6, 0, 1, 2, 3, 4, 5)


def zone_names() -> list[str]:
    """The IANA zones that name a place, and UTC."""
    places = [zone for zone in available_timezones() if zone.partition("/")[0] in _AREAS]
    return ["UTC", *sorted(places)]


def _needed_unless_instant(form: ScheduleForm, field: Any) -> None:
    """What follows the news has no time of day; whatever stands there is let be."""
    if form.cadence.data == Cadence.INSTANT:
        field.errors = []
        raise StopValidation
    if field.data is None and not field.errors:
        raise ValidationError(_("Choose a time, such as 07:30."))


class ScheduleForm(AdminForm):
    """`weekday` and `topics` get their choices from the view."""

    name = StringField(
        _("Name"),
        [required(), at_most(120)],
        description=_("For the newsroom only, such as “The morning digest”."),
        render_kw={"maxlength": 120, "dir": "auto"},
    )
    cadence = RadioField(
        _("How often"),
        choices=[
            SelectChoice(cadence.value, CADENCES[cadence])
            for cadence in (Cadence.DAILY, Cadence.WEEKLY, Cadence.INSTANT)
        ],
        default=Cadence.DAILY.value,
        description=_("It reaches the readers who chose this pace."),
    )
    weekday = SelectField(_("Day of the week"), coerce=int, default=6)
    local_time = TimeField(
        _("Time of day"),
        [_needed_unless_instant],
        default=time(7, 0),
        description=_("On the clock of the time zone below."),
    )
    own_morning = BooleanField(
        _("At this hour on each reader's own clock"),
        description=_(
            "The edition closes when morning comes to the easternmost of the time zones with "
            "many readers, and reaches the others as the morning reaches them."
        ),
    )
    timezone = StringField(
        _("Time zone"),
        [required()],
        description=_(
            "Type to search, such as Asia/Beirut. Readers whose zone is not known live in it."
        ),
        render_kw={"list": "zones", "dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )
    topics = Checkboxes(
        _("Topics"), description=_("None chosen: all topics."), validate_choice=False
    )
    design = RadioField(
        _("Design"),
        choices=[
            SelectChoice(each.value, DESIGNS[each]) for each in DESIGNS_FOR[CampaignKind.DIGEST]
        ],
        default=Design.MORNING.value,
    )
    min_articles = IntegerField(
        _("Least number of new articles"),
        [NumberRange(min=1, max=MAX_CANDIDATES, message=SCHEDULE_REFUSALS["bad_minimum"])],
        default=1,
        description=_("With fewer, the run is skipped and they wait for the next one."),
        render_kw={"min": 1, "max": MAX_CANDIDATES, "inputmode": "numeric"},
    )
    public = BooleanField(
        _("Show its editions in the public archive"),
        default=True,
        description=_(
            "Those that follow each article are many, and better left out: the daily and the "
            "weekly editions bring the same articles."
        ),
    )
    language = RadioField(
        _("Language of the mail"),
        choices=LANGUAGE_CHOICES,
        default="ar",
    )


def weekdays_in_order() -> tuple[int, ...]:
    """Monday is 0; the week of an Arabic calendar begins on Sunday."""
    return _WEEK_FROM_SUNDAY
