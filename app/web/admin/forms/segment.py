"""The filter of the readers' list as a form, and as the address of a list: a segment comes from
either and goes back into both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from app.domain.segment import (
    EVERYBODY,
    MAX_DAYS,
    Engagement,
    InvalidSegment,
    Match,
    Segment,
    domain_key,
)
from app.domain.subscription import Cadence, SubscriberState, topic_mask
from app.store.tables import Topic
from app.web.admin.forms.base import LANGUAGE_CHOICES, AdminForm, Checkboxes, choices
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import CADENCES, ENGAGEMENTS, SEGMENT_REFUSALS, SUBSCRIBER_STATES

NO_ZONE = "-"
"""In an address: readers whose time zone is not known."""

_DAYS = 30


class FilterForm(AdminForm):
    """`topic` and `zone` get their choices from the view."""

    class Meta(AdminForm.Meta):
        csrf = False

    q = StringField(
        _("Address"),
        description=_("Its beginning, or @ and a whole domain."),
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"},
    )
    state = Checkboxes(_("State"), choices=choices(SUBSCRIBER_STATES.items()))
    topic = Checkboxes(_("Topics"), validate_choice=False)
    match = RadioField(
        _("Of these topics"),
        choices=choices([(Match.ANY, _("one is enough")), (Match.ALL, _("all of them"))]),
        default=Match.ANY.value,
    )
    pace = Checkboxes(_("Pace"), choices=choices(CADENCES.items()))
    joined_from = DateField(_("Joined from"), [Optional()])
    joined_to = DateField(_("Joined until"), [Optional()])
    zone = Checkboxes(_("Time zone"), validate_choice=False)
    domain = StringField(
        _("Mail domains"),
        description=_("Several are separated by commas."),
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"},
    )
    language = Checkboxes(_("Language"), choices=LANGUAGE_CHOICES)
    engagement = SelectField(
        _("Our mails"),
        choices=choices([("", _("No matter")), *ENGAGEMENTS.items()]),
        default="",
    )
    days = IntegerField(
        _("In the last days"),
        [Optional()],
        default=_DAYS,
        render_kw={"min": 1, "max": MAX_DAYS, "inputmode": "numeric"},
    )

    def offer(self, topics: Iterable[Topic], zones: Sequence[str], in_language: str) -> None:
        """What there is to choose from; a zone that was chosen and has no reader left stays."""
        self.topic.choices = choices((topic.slug, topic.name(in_language)) for topic in topics)
        named = dict.fromkeys([*(zone or NO_ZONE for zone in zones), *(self.zone.data or ())])
        self.zone.choices = choices(
            (zone, _("not known") if zone == NO_ZONE else zone) for zone in named
        )

    def segment(self, topics: Iterable[Topic]) -> Segment | None:
        """What was asked for; None where it cannot be, with the reason beside its field."""
        if not self.validate():
            return None
        try:
            return self._read({topic.slug: topic.bit for topic in topics})
        except InvalidSegment as refusal:
            field = {
                "topics": self.topic,
                "zones": self.zone,
                "domains": self.domain,
                "joined_from": self.joined_from,
                "joined_to": self.joined_to,
                "engaged_days": self.days,
            }.get(refusal.field, self.q)
            self.refuse(field, SEGMENT_REFUSALS, refusal.code)
            return None

    def _read(self, bits: dict[str, int]) -> Segment:
        if set(self.topic.data or ()) - set(bits):
            raise InvalidSegment("topics", "unknown_topic")
        typed = (self.q.data or "").strip()
        domains = re.split(r"[\s,،;]+", self.domain.data or "")
        if typed.startswith("@"):
            domains, typed = [*domains, typed], ""
        asked = Engagement(self.engagement.data) if self.engagement.data else None
        topics = topic_mask([bits[slug] for slug in self.topic.data or ()])
        return Segment(
            topics=topics,
            match=Match(self.match.data) if topics else Match.ANY,
            cadences=tuple(Cadence(one) for one in self.pace.data or ()),
            states=tuple(SubscriberState(one) for one in self.state.data or ()),
            joined_from=self.joined_from.data,
            joined_to=self.joined_to.data,
            zones=tuple("" if one == NO_ZONE else one for one in self.zone.data or ()),
            domains=tuple(dict.fromkeys(domain_key(one) for one in domains if one)),
            languages=tuple(self.language.data or ()),
            engagement=asked,
            engaged_days=(_DAYS if self.days.data is None else self.days.data) if asked else 0,
            address=typed,
        )


def args_of(segment: Segment, topics: Iterable[Topic]) -> dict[str, Any]:
    """The arguments of an address that `FilterForm` reads as this segment."""
    if segment == EVERYBODY:
        return {}
    some = {
        "q": segment.address,
        "state": [one.value for one in segment.states],
        "topic": [topic.slug for topic in topics if segment.topics >> topic.bit & 1],
        "match": segment.match.value if segment.match is Match.ALL else "",
        "pace": [one.value for one in segment.cadences],
        "joined_from": segment.joined_from.isoformat() if segment.joined_from else "",
        "joined_to": segment.joined_to.isoformat() if segment.joined_to else "",
        "zone": [zone or NO_ZONE for zone in segment.zones],
        "domain": ", ".join(segment.domains),
        "language": list(segment.languages),
        "engagement": segment.engagement.value if segment.engagement else "",
        "days": segment.engaged_days or "",
    }
    return {name: value for name, value in some.items() if value}
