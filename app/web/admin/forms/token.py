"""The form of a new token."""

from __future__ import annotations

from wtforms import StringField

from app.web.admin.forms.base import AdminForm, at_most, required
from app.web.admin.i18n import lazy_gettext as _


class TokenForm(AdminForm):
    name = StringField(
        _("What it is for"),
        [required(), at_most(80)],
        description=_("Such as the name of the system that will use it."),
        render_kw={"dir": "auto", "autocomplete": "off"},
    )
