"""The forms of the staff page, and those that begin or accept by mail."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, RadioField, StringField
from wtforms.validators import ValidationError

from app.domain.address import InvalidAddress, parse_address
from app.domain.staff import Role
from app.web.admin.forms.base import LANGUAGE_CHOICES, AdminForm, at_most, choices, required
from app.web.admin.forms.login import NewPasswordForm
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import ROLES

LONGEST_ADDRESS = 254
LONGEST_NAME = 80

_ADDRESS = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}


class _AddressForm(AdminForm):
    def validate_email(self, field: Any) -> None:
        try:
            parse_address(field.data)
        except InvalidAddress:
            words = _("This is not a mail address. Write it whole, such as name@example.org.")
            raise ValidationError(words) from None


class RoleForm(AdminForm):
    role = RadioField(
        _("Role"), [required()], choices=choices((one.value, ROLES[one]) for one in Role)
    )


class InvitationForm(_AddressForm, RoleForm):
    email = EmailField(
        _("Mail address"),
        [required(), at_most(LONGEST_ADDRESS)],
        render_kw={**_ADDRESS, "autocomplete": "off"},
    )
    language = RadioField(
        _("Language of the mail and of the pages"), [required()], choices=LANGUAGE_CHOICES
    )


class ForgotForm(_AddressForm):
    email = EmailField(
        _("Mail address"),
        [required(), at_most(LONGEST_ADDRESS)],
        render_kw={**_ADDRESS, "autocomplete": "username"},
    )


class NameForm(AdminForm):
    name = StringField(
        _("Your name"),
        [required(), at_most(LONGEST_NAME)],
        description=_("As your colleagues know you."),
        render_kw={"dir": "auto", "autocomplete": "name"},
    )


class AcceptForm(NewPasswordForm, NameForm):
    """What an account needs besides the invitation."""
