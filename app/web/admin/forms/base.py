"""What all admin forms share: Flask-WTF with its CSRF token, and messages in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.store.tables import Topic
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _
from app.web.i18n import language

Words = Mapping[str, LazyString]

_FIELD_WORDS: Words = {
    "Not a valid date value.": _("Choose a day, such as 2025-01-22."),
    "Not a valid time value.": _("Choose a time, such as 07:30."),
    "Not a valid integer value.": _("Write a whole number."),
    "Not a valid choice.": _("Choose one of these."),
    "Invalid Choice: could not coerce.": _("Choose one of these."),
}
"""What WTForms' fields say by themselves, in our words."""


class _FieldWords:
    """In the place of WTForms' own catalogues, whose Arabic plurals are wrong."""

    def gettext(self, text: str) -> str:
        return str(_FIELD_WORDS.get(text, text))

    def ngettext(self, _singular: str, _plural: str, _count: int) -> str:
        return gettext("Choose among these.")


class AdminForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of the admin."""

    class Meta:
        def get_translations(self, _form: object) -> _FieldWords:
            return _FieldWords()

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 400 when it was sent and refused."""
        return 400 if self.is_submitted() else 200

    def refuse(self, field: Field, words: Words, code: str) -> None:
        """Puts a use case's refusal beside the field it is about."""
        field.errors = [*field.errors, words.get(code) or gettext("This cannot be accepted.")]


class Checkboxes(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """Several of a few choices, each a box with its label."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


LANGUAGE_CHOICES = [SelectChoice("ar", _("Arabic")), SelectChoice("en", _("English"))]


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """What a field offers, from values and their words."""
    return [SelectChoice(value, words) for value, words in pairs]


def topic_choices(topics: Iterable[Topic]) -> list[SelectChoice]:
    return choices((topic.slug, topic.name(language())) for topic in topics)


def required(words: LazyString | None = None) -> InputRequired:
    return InputRequired(message=words or _("This field is needed."))


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_("At most %(most)d characters.", most=characters))
