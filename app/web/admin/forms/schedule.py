"""The form of a schedule."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    HiddenField,
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
from app.domain.schedule import days_to_mask
from app.domain.subscription import Cadence
from app.domain.window import MAX_CANDIDATES
from app.usecases.manage_schedules import Plan
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


def _a_day_if_daily(form: ScheduleForm, field: Any) -> None:
    if form.cadence.data == Cadence.DAILY and not field.data and not field.errors:
        raise ValidationError(SCHEDULE_REFUSALS["needs_days"])


AUTOMATIC, APPROVAL = "automatic", "approval"

LEADS = (0, 15, 30, 60, 120, 180, 360, 720)
LIMITS = (15, 30, 60, 120, 180, 360, 720, 1440)
"""Minutes before and after its time at which a run may wait for approval."""


class ScheduleForm(AdminForm):
    """What `app.web.admin.schedule_form` fills with choices: weekdays, topics, segments, and the
    spans of time around an approval."""

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
    days = Checkboxes(_("Days"), [_a_day_if_daily], coerce=int, default=list(range(7)))
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
    segment = SelectField(
        _("Readers"),
        coerce=int,
        default=0,
        description=_("Of the readers of this pace, as the segment is at each run."),
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

    release = RadioField(
        _("How it goes out"),
        choices=[
            SelectChoice(AUTOMATIC, _("By itself")),
            SelectChoice(APPROVAL, _("After an editor has approved it")),
        ],
        default=AUTOMATIC,
    )
    approval_lead = SelectField(
        _("The draft is ready"),
        coerce=int,
        default=60,
        description=_("Its list of articles closes then, and the editors get a mail."),
    )
    approval_limit = SelectField(
        _("It may be approved until"),
        coerce=int,
        default=120,
        description=_(
            "When nobody has by then, the run is skipped; its articles come in the next."
        ),
    )
    version = HiddenField()

    def plan(self) -> Plan:
        """What a valid form says."""
        return Plan(
            name=self.name.data or "",
            cadence=Cadence(self.cadence.data),
            weekday=self.weekday.data,
            days=days_to_mask(self.days.data or ()),
            local_time=self.local_time.data or time(),
            timezone=(self.timezone.data or "").strip(),
            topics=self.topics.data or (),
            segment_id=self.segment.data or None,
            language=self.language.data,
            min_articles=self.min_articles.data,
            own_morning=self.own_morning.data,
            design=Design(self.design.data),
            public=self.public.data,
            needs_approval=self.release.data == APPROVAL,
            approval_lead=self.approval_lead.data,
            approval_limit=self.approval_limit.data,
        )


def weekdays_in_order() -> tuple[int, ...]:
    """Monday is 0; the week of an Arabic calendar begins on Sunday."""
    return _WEEK_FROM_SUNDAY
