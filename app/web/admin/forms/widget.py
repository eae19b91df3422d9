"""The form that lets the sign-up box stand on another web site."""

from __future__ import annotations

from wtforms import StringField

from app.web.admin.forms.base import AdminForm, at_most, required
from app.web.admin.i18n import lazy_gettext as _


class OriginForm(AdminForm):
    origin = StringField(
        _("Web site"),
        [required(), at_most(300)],
        description=_("Its address, such as https://www.example.org. Each subdomain by itself."),
        render_kw={
            "dir": "ltr",
            "inputmode": "url",
            "autocomplete": "off",
            "spellcheck": "false",
            "maxlength": 300,
        },
    )
