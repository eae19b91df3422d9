"""The forms of the steps by which a campaign is made. Each carries the version of the draft that
it was opened with, so that nobody saves over somebody else's work unknowingly."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional

from app.domain.campaign import CampaignKind, UncertainPolicy
from app.domain.edition import DESIGNS_FOR
from app.domain.schedule import instant_of
from app.domain.subject_test import HOURS, SHARES
from app.domain.subscription import Cadence
from app.usecases.check_campaign import MAX_NOTE, MAX_PREHEADER, MAX_SUBJECT
from app.web.admin.display import number, percent
from app.web.admin.forms.base import LANGUAGE_CHOICES, AdminForm, Checkboxes, at_most, choices
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.i18n import ngettext
from app.web.admin.words import CADENCES, CAMPAIGN_KINDS, DESIGNS, POLICIES, SEND_WAYS

KEPT = "kept"
"""The segment as the draft keeps it, where no saved one means the same any more."""


class StepForm(AdminForm):
    """A step of a draft that exists."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version that the page was opened with; 0, which no draft has, if it is nonsense."""
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() and len(typed) < 10 else 0

    def reopened(self, version: int) -> None:
        """From now on it saves over `version`: who pressed has been told what that is."""
        self.version.data = str(version)


class KindForm(StepForm):
    """What a campaign is; `article` is the one it was started from."""

    kind = RadioField(
        _("Kind"),
        choices=[SelectChoice(kind.value, CAMPAIGN_KINDS[kind]) for kind in CampaignKind],
        default=CampaignKind.DIGEST.value,
    )
    article = HiddenField()

    @property
    def article_id(self) -> int | None:
        typed = self.article.data or ""
        return int(typed) if typed.isdecimal() and len(typed) < 19 else None


class ContentForm(StepForm):
    """The note or the letter; the articles are buttons and hidden fields of the page."""

    note = TextAreaField(
        _("Note from the editors"),
        [at_most(MAX_NOTE)],
        render_kw={"rows": 5, "dir": "auto", "maxlength": MAX_NOTE},
    )
    words = StringField(_("Search articles"), render_kw={"type": "search", "dir": "auto"})


class AudienceForm(StepForm):
    """Whom it is for; the view fills in topics and segments."""

    topics = Checkboxes(_("Topics"), validate_choice=False)
    cadences = Checkboxes(
        _("Readers of this pace"),
        choices=[SelectChoice(cadence.value, CADENCES[cadence]) for cadence in Cadence],
        description=_("None chosen: everybody."),
    )
    segment = SelectField(_("Segment"), validate_choice=True)


class LookForm(StepForm):
    """How it looks and what an inbox says of it."""

    subject = StringField(
        _("Subject"), [at_most(MAX_SUBJECT)], render_kw={"maxlength": MAX_SUBJECT, "dir": "auto"}
    )
    preheader = StringField(
        _("The line after the subject"),
        [at_most(MAX_PREHEADER)],
        render_kw={"maxlength": MAX_PREHEADER, "dir": "auto"},
    )
    design = RadioField(_("Design"))
    language = RadioField(_("Language of the mail"), choices=LANGUAGE_CHOICES)
    policy = RadioField(
        _("When the mail server's answer is lost"),
        choices=[SelectChoice(policy.value, POLICIES[policy]) for policy in UncertainPolicy],
    )
    public = BooleanField(
        _("Show it in the archive"),
        description=_("On the public site, once it has gone out."),
    )

    second_subject = StringField(
        _("The second subject"),
        [at_most(MAX_SUBJECT)],
        description=_("Empty: everybody gets the first one."),
        render_kw={"maxlength": MAX_SUBJECT, "dir": "auto"},
    )
    share = SelectField(_("Tried on"), coerce=int)
    hours = SelectField(_("Decided after"), coerce=int)

    def offer_tests(self) -> None:
        self.share.choices = choices((share, percent(share, 100)) for share in SHARES)
        self.hours.choices = choices(
            (
                hours,
                ngettext("%(number)s hour", "%(number)s hours", hours, number=number(hours)),
            )
            for hours in HOURS
        )

    def offer_designs(self, kind: CampaignKind) -> None:
        self.design.choices = choices((each.value, DESIGNS[each]) for each in DESIGNS_FOR[kind])


class WhenForm(StepForm):
    """When it goes out: on the site's clock, or at a time on each reader's own."""

    way = RadioField(
        _("When"), choices=[SelectChoice(way, words) for way, words in SEND_WAYS.items()]
    )
    date = DateField(_("Day"), [Optional()])
    time = TimeField(_("Time"), [Optional()])
    morning_date = DateField(_("Day"), [Optional()])
    morning_time = TimeField(_("Time on each reader's clock"), [Optional()])

    def instant(self, zone: ZoneInfo) -> datetime | None:
        """The moment that was chosen on the site's clock, in UTC."""
        if self.date.data is None or self.time.data is None:
            return None
        return instant_of(self.date.data, self.time.data, zone)
