"""The form of one change for many readers."""

from __future__ import annotations

from wtforms import RadioField, SelectField

from app.domain.bulk import Change, Deed, InvalidChange
from app.domain.subscription import Cadence
from app.store.tables import Topic
from app.web.admin.forms.base import AdminForm, choices, topic_choices
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import CADENCES, DEEDS


class ChangeForm(AdminForm):
    """`topic` gets its choices from the view."""

    deed = RadioField(_("What is to be done"), choices=choices(DEEDS.items()))
    topic = SelectField(_("Topic"), validate_choice=False)
    cadence = SelectField(_("Pace"), choices=choices(CADENCES.items()), default=Cadence.DAILY.value)

    def offer(self, topics: list[Topic]) -> None:
        self.topic.choices = topic_choices(topics)

    def change(self, topics: list[Topic]) -> Change | None:
        """What was chosen; None, with the reason beside its field, where it cannot be."""
        if not self.validate():
            return None
        deed = Deed(self.deed.data)
        bits = {topic.slug: topic.bit for topic in topics}
        about_topic = deed in (Deed.ADD_TOPIC, Deed.REMOVE_TOPIC)
        paced = deed is Deed.CHANGE_CADENCE
        try:
            return Change(
                deed=deed,
                bit=bits.get(self.topic.data) if about_topic else None,
                cadence=Cadence(self.cadence.data) if paced else None,
            )
        except InvalidChange:
            self.topic.errors = [str(_("Choose the topic."))]
            return None
