"""The forms about one reader: adding by hand, changing, erasing; and the suppression list's."""

from __future__ import annotations

from wtforms import BooleanField, Field, RadioField, StringField, ValidationError

from app.domain.address import Address, InvalidAddress, parse_address
from app.domain.subscription import Cadence
from app.usecases.manage_readers import MAX_NAME
from app.web.admin.forms.base import (
    LANGUAGE_CHOICES,
    AdminForm,
    Checkboxes,
    at_most,
    choices,
)
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import ADDRESS_REFUSALS, CADENCES

_ADDRESS_KEYS = {
    "type": "email",
    "dir": "ltr",
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class AddressForm(AdminForm):
    """An address that is typed in; `address` is what was read."""

    email = StringField(_("Address"), render_kw=_ADDRESS_KEYS)
    address: Address | None = None

    def validate_email(self, field: Field) -> None:
        try:
            self.address = parse_address(field.data or "")
        except InvalidAddress as refusal:
            raise ValidationError(ADDRESS_REFUSALS[refusal.code]) from None


class NewReaderForm(AddressForm):
    """`topics` gets its choices from the view."""

    topics = Checkboxes(
        _("Topics"), description=_("None chosen: all topics."), validate_choice=False
    )
    cadence = RadioField(_("Pace"), choices=choices(CADENCES.items()), default=Cadence.DAILY.value)
    language = RadioField(_("Language of the mail"), choices=LANGUAGE_CHOICES, default="ar")


class ReaderForm(AdminForm):
    """`topics` gets its choices from the view."""

    name = StringField(
        _("Name"),
        [at_most(MAX_NAME)],
        description=_("For the newsroom only: mails do not show it."),
        render_kw={"maxlength": MAX_NAME, "dir": "auto", "autocomplete": "off"},
    )
    topics = Checkboxes(
        _("Topics"), description=_("None chosen: all topics."), validate_choice=False
    )
    cadence = RadioField(_("Pace"), choices=choices(CADENCES.items()))
    language = RadioField(_("Language of the mail"), choices=LANGUAGE_CHOICES)


class EraseForm(AdminForm):
    keep_out = BooleanField(
        _("Never write to this address again"),
        default=True,
        description=_(
            "A fingerprint stays on the suppression list, from which the address cannot be read, "
            "so that no import brings it back. Without it, the address may subscribe anew."
        ),
    )


class SuppressForm(AddressForm):
    note = StringField(
        _("Reason"),
        [at_most(200)],
        description=_("For the newsroom only. Leave the address out of it."),
        render_kw={"maxlength": 200, "dir": "auto", "autocomplete": "off"},
    )


class LiftForm(AddressForm):
    note = StringField(
        _("Reason"),
        [at_most(200)],
        description=_("It stands in the record of what the staff did."),
        render_kw={"maxlength": 200, "dir": "auto", "autocomplete": "off"},
    )

    def validate_note(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("Say why it is taken off the list."))
