"""The forms about passkeys. A script fills in what the browser signed."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from app.web.admin.forms.base import AdminForm, at_most, required
from app.web.admin.forms.second_step import ProofForm
from app.web.admin.i18n import lazy_gettext as _

LONGEST_NAME = 60


class PasskeyNameForm(AdminForm):
    name = StringField(
        _("Name of the passkey"),
        [required(), at_most(LONGEST_NAME)],
        description=_("Such as the device that holds it."),
        render_kw={"dir": "auto", "autocomplete": "off"},
    )


class NewPasskeyForm(PasskeyNameForm, ProofForm):
    """What is asked before a device is."""


class SignedForm(AdminForm):
    """The answer of a device, as JSON."""

    answer = HiddenField(validators=[required()])


class NamedAnswerForm(PasskeyNameForm, SignedForm):
    """The answer of a device that made a key."""
