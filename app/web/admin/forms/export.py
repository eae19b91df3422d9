"""The form of an export."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField

from app.store.tables import SavedSegment
from app.web.admin.forms.base import AdminForm, choices
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _

EVERY = "all"


class ExportForm(AdminForm):
    segment = RadioField(_("Which readers"), default=EVERY)

    def offer(self, segments: Iterable[SavedSegment]) -> None:
        """All readers, or those of a segment that is kept."""
        named = [(str(segment.id), segment.name) for segment in segments]
        self.segment.choices = choices([(EVERY, gettext("All readers")), *named])
