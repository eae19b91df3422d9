"""The form of an export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wtforms import RadioField

from app.store.tables import SavedSegment
from app.web.admin.forms.base import AdminForm, choices
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _

EVERY = "all"
FILTER = "filter"


class ExportForm(AdminForm):
    segment = RadioField(_("Which readers"))

    def offer(self, segments: Iterable[SavedSegment], filtered: Sequence[str]) -> None:
        """The readers of a filter that was on, told in words, all readers, or those of a segment
        that is kept."""
        pairs = [(FILTER, " · ".join(filtered))] if filtered else []
        pairs += [(EVERY, gettext("All readers"))]
        pairs += [(str(segment.id), segment.name) for segment in segments]
        self.segment.choices = choices(pairs)
        if not self.is_submitted():
            self.segment.data = pairs[0][0]
