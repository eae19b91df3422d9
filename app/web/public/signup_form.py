"""The sign-up form: the box «النشرة الإخبارية» on every page of the site."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import (
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)

from app.domain.address import Address, InvalidAddress, parse_address
from app.domain.schedule import InvalidSchedule, read_zone
from app.domain.subscription import Cadence, Choice, topic_mask
from app.store.tables import Topic
from app.usecases.consent import Wording
from app.usecases.former_topics import meant_by
from app.web import scope
from app.web.i18n import gettext, language
from app.web.i18n import lazy_gettext as _
from app.web.public.stamp import MINIMUM, make_stamp, read_stamp

CONSENT_VERSION = "1"

CADENCES: dict[Cadence, LazyString] = {
    Cadence.INSTANT: _("At once"),
    Cadence.DAILY: _("Daily"),
    Cadence.WEEKLY: _("Weekly"),
}

ADDRESS_WORDS: dict[str, LazyString] = {
    "empty": _("Please type your e-mail address."),
    "too_long": _("This address is longer than an address can be."),
    "control_characters": _("This address holds invisible characters. Please type it by hand."),
    "malformed": _("This is not a complete e-mail address. Please check it."),
}


class ChoiceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Topics and pace: what a reader chooses, here and on the preferences page."""

    topics = SelectMultipleField(validate_choice=False)
    cadence = RadioField(validate_choice=False, default=Cadence.DAILY.value)

    class Meta:
        def get_translations(self, _form: object) -> None:
            """None: every text is our own, since those of WTForms have wrong Arabic plurals."""

    @property
    def all_topics(self) -> Sequence[Topic]:
        """The topics in their order; asked for once a request."""
        if "all_topics" not in g:
            g.all_topics = (
                scope.session().scalars(select(Topic).order_by(Topic.position, Topic.id)).all()
            )
        found: Sequence[Topic] = g.all_topics
        return found

    @property
    def cadence_words(self) -> dict[Cadence, LazyString]:
        return CADENCES

    @property
    def choice(self) -> Choice:
        """What a valid form says."""
        chosen = set(self.topics.data or ())
        bits = [topic.bit for topic in self.all_topics if topic.slug in chosen]
        return Choice(topic_mask=topic_mask(bits), cadence=Cadence(self.cadence.data))

    def validate_topics(self, field: SelectMultipleField) -> None:
        unknown = set(field.data or ()) - {topic.slug for topic in self.all_topics}
        if unknown:
            # A form that was pasted elsewhere goes on naming a topic that was merged.
            meant = meant_by(scope.session(), sorted(unknown))
            field.data = [meant[slug].slug if slug in meant else slug for slug in field.data]
            unknown -= meant.keys()
        if unknown:
            field.data = [slug for slug in field.data if slug not in unknown]
            raise ValidationError(gettext("One of these topics is gone. Please choose again."))

    def validate_cadence(self, field: RadioField) -> None:
        if field.data not in set(Cadence):
            field.data = Cadence.DAILY.value
            raise ValidationError(gettext("Please choose how often the newsletter should come."))


class SignupForm(ChoiceForm):
    """`website` is a trap that no reader sees; `stamp` tells when the form was drawn; a script
    writes the browser's time zone into `zone`."""

    email = StringField()
    website = StringField()
    zone = HiddenField()
    stamp = HiddenField()
    address: Address | None = None

    @property
    def timezone(self) -> str:
        """The zone that the browser told, empty for what is none."""
        try:
            return read_zone(self.zone.data).key if self.zone.data else ""
        except InvalidSchedule:
            return ""

    @property
    def consent(self) -> Wording:
        """The sentence above the button, as it is recorded."""
        text = gettext(
            "By subscribing you agree to receive the newsletter of %(site)s by e-mail. "
            "You can leave at any time with one press.",
            site=scope.brand().site_name,
        )
        return Wording(text=text, version=f"{CONSENT_VERSION}-{language()}")

    def validate_email(self, field: StringField) -> None:
        try:
            self.address = parse_address(field.data or "")
        except InvalidAddress as error:
            raise ValidationError(str(ADDRESS_WORDS[error.code])) from None

    def validate_website(self, field: StringField) -> None:
        """A browser may have filled the trap for a reader: they are told, not dropped."""
        if field.data:
            field.data = ""
            raise ValidationError(gettext("Please press the button once more."))

    def validate_stamp(self, field: HiddenField) -> None:
        """A form that came back too fast, or without its stamp, is shown again with everything
        that was typed: for a reader whose browser fills it in, one more press."""
        drawn = read_stamp(scope.settings(), field.data or "")
        if drawn is None:
            field.data = make_stamp(scope.settings(), scope.now())
            raise ValidationError(gettext("Please press the button once more."))
        if scope.now() - drawn < MINIMUM:
            raise ValidationError(
                gettext("That was very quick. Please press the button once more.")
            )


def blank_form() -> SignupForm:
    form = SignupForm(formdata=None)
    form.stamp.data = make_stamp(scope.settings(), scope.now())
    return form
