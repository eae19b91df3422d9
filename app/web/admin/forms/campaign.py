"""The forms about campaigns: a new one, and the time at which it goes out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms import DateField, RadioField, SelectChoice, StringField, TextAreaField, TimeField
from wtforms.validators import Optional

from app.domain.campaign import CampaignKind, UncertainPolicy
from app.domain.edition import DESIGNS_FOR, Design
from app.domain.schedule import instant_of
from app.domain.subscription import Cadence
from app.usecases.check_campaign import MAX_NOTE, MAX_SUBJECT
from app.web.admin.forms.base import LANGUAGE_CHOICES, AdminForm, Checkboxes, at_most, required
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import CADENCES, CAMPAIGN_KINDS, DESIGNS, POLICIES

_USUAL = "usual"


class CampaignForm(AdminForm):
    """What a campaign is; `articles` and `topics` get their choices from the view."""

    kind = RadioField(
        _("Kind"),
        choices=[
            SelectChoice(kind.value, CAMPAIGN_KINDS[kind])
            for kind in CampaignKind
            if kind is not CampaignKind.SELECTION
        ],
        default=CampaignKind.DIGEST.value,
    )
    subject = StringField(
        _("Subject"),
        [at_most(MAX_SUBJECT)],
        description=_("Empty: made from the first headline."),
        render_kw={"maxlength": MAX_SUBJECT, "dir": "auto"},
    )
    note = TextAreaField(
        _("Note from the editors"),
        [at_most(MAX_NOTE)],
        description=_("Stands before the articles; for an announcement it is the text."),
        render_kw={"rows": 6, "dir": "auto"},
    )
    design = RadioField(
        _("Design"),
        choices=[
            SelectChoice(_USUAL, _("As usual for its kind")),
            *(SelectChoice(each.value, DESIGNS[each]) for each in DESIGNS_FOR[CampaignKind.DIGEST]),
        ],
        default=_USUAL,
        description=_("An announcement is always a letter. You can change it in the draft."),
    )
    article = RadioField(_("The article"), coerce=int, validators=[Optional()])
    topics = Checkboxes(
        _("Topics"), description=_("None chosen: all topics."), validate_choice=False
    )
    cadences = Checkboxes(
        _("Readers of this pace"),
        choices=[SelectChoice(cadence.value, CADENCES[cadence]) for cadence in Cadence],
        description=_("None chosen: everybody."),
    )
    language = RadioField(_("Language of the mail"), choices=LANGUAGE_CHOICES, default="ar")
    policy = RadioField(
        _("When the mail server's answer is lost"),
        choices=[SelectChoice(policy.value, POLICIES[policy]) for policy in UncertainPolicy],
        default=UncertainPolicy.RESEND.value,
    )

    def chosen_design(self) -> Design | None:
        """The design if one was chosen and the kind has a choice; only after validation."""
        fitting = DESIGNS_FOR[CampaignKind(self.kind.data)]
        return next((each for each in fitting if each.value == self.design.data), None)


class SendAtForm(AdminForm):
    """A day and a time on the site's clock."""

    date = DateField(_("Day"), [required(_("Choose a day, such as 2025-01-22."))])
    time = TimeField(_("Time"), [required(_("Choose a time, such as 07:30."))])

    def instant(self, zone: ZoneInfo) -> datetime:
        """The moment that was chosen, in UTC; only after validation."""
        return instant_of(self.date.data, self.time.data, zone)
