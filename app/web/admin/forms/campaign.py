"""The form for the time at which a campaign goes out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms import DateField, TimeField

from app.domain.schedule import instant_of
from app.web.admin.forms.base import AdminForm, required
from app.web.admin.i18n import lazy_gettext as _


class SendAtForm(AdminForm):
    """A day and a time on the site's clock."""

    date = DateField(_("Day"), [required(_("Choose a day, such as 2025-01-22."))])
    time = TimeField(_("Time"), [required(_("Choose a time, such as 07:30."))])

    def instant(self, zone: ZoneInfo) -> datetime:
        """The moment that was chosen, in UTC; only after validation."""
        return instant_of(self.date.data, self.time.data, zone)
