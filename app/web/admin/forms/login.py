"""The forms of one's own account: logging in, changing the password."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import ValidationError

from app.domain.staff import PASSWORD_LENGTHS
from app.web.admin.forms.base import AdminForm, Words, at_most, required
from app.web.admin.i18n import lazy_gettext as _

_LONGEST_ADDRESS = 254

PASSWORD_WORDS: Words = {
    "too_short": _(
        "Use at least %(least)d characters. Three or four unrelated words make a good password.",
        least=PASSWORD_LENGTHS.start,
    ),
    "too_long": _(
        "Use at most %(most)d characters.",
        most=PASSWORD_LENGTHS.stop - 1,
    ),
    "holds_address": _("The password must not be your mail address. Choose another."),
    "monotonous": _("The same characters over and over are guessed at once."),
    "unchanged": _("This is the password you already have. Choose another."),
}


class LoginForm(AdminForm):
    email = StringField(
        _("Mail address"),
        [required(), at_most(_LONGEST_ADDRESS)],
        render_kw={
            "type": "email",
            "autocomplete": "username",
            "dir": "ltr",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    password = PasswordField(
        _("Password"),
        [required(), at_most(PASSWORD_LENGTHS.stop - 1)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
    next = HiddenField()


class NewPasswordForm(AdminForm):
    """A new password, written twice."""

    new = PasswordField(
        _("New password"),
        [required()],
        description=PASSWORD_WORDS["too_short"],
        render_kw={
            "autocomplete": "new-password",
            "dir": "ltr",
            "minlength": PASSWORD_LENGTHS.start,
        },
    )
    again = PasswordField(
        _("New password again"),
        [required()],
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )

    def validate_again(self, field: Any) -> None:
        if field.data != self.new.data:
            raise ValidationError(_("The two new passwords differ. Type the same one twice."))


class PasswordForm(NewPasswordForm):
    current = PasswordField(
        _("Current password"),
        [required(), at_most(PASSWORD_LENGTHS.stop - 1)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
