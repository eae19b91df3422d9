"""The forms of the second step: a code, and one's own password before a change."""

from __future__ import annotations

from wtforms import PasswordField, StringField

from app.domain.staff import PASSWORD_LENGTHS
from app.web.admin.forms.base import AdminForm, at_most, required
from app.web.admin.i18n import lazy_gettext as _

_LONGEST_CODE = 60


class CodeForm(AdminForm):
    code = StringField(
        _("Code"),
        [required(), at_most(_LONGEST_CODE)],
        description=_("Six digits from the app on your phone, or one of your recovery codes."),
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
            "autofocus": True,
        },
    )


class FirstCodeForm(AdminForm):
    code = StringField(
        _("Code"),
        [required(), at_most(_LONGEST_CODE)],
        description=_("The six digits that the app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )


class ProofForm(AdminForm):
    """Asks whoever is logged in for the password once more."""

    password = PasswordField(
        _("Your password"),
        [required(), at_most(PASSWORD_LENGTHS.stop - 1)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
