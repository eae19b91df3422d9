"""The words of long work: its kinds, states and errors."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.job import JobKind, JobState
from app.web.admin.i18n import lazy_gettext as _

KINDS: Mapping[str, LazyString] = {
    JobKind.CHECK_IMPORT: _("Check of an import"),
    JobKind.IMPORT: _("Import of readers"),
    JobKind.UNDO_IMPORT: _("Undoing an import"),
    JobKind.EXPORT_READERS: _("Export of readers"),
    JobKind.CHANGE_READERS: _("Change of many readers"),
    JobKind.UNDO_CHANGE: _("Undoing a change of many readers"),
}

STATES: Mapping[str, LazyString] = {
    JobState.DRAFT: _("Not begun"),
    JobState.WAITING: _("Begins in a moment"),
    JobState.RUNNING: _("Under way"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Failed"),
    JobState.CANCELLED: _("Stopped"),
}

NOTES: Mapping[str, LazyString] = {
    JobState.DRAFT: _("Nothing was begun yet."),
    JobState.WAITING: _("It waits for a worker. You may leave this page; the work goes on."),
    JobState.RUNNING: _("You may leave this page or load it again; the work goes on."),
    JobState.DONE: _("It has been done to the end."),
    JobState.FAILED: _("It could not be done to the end. What was done until then stays."),
    JobState.CANCELLED: _("It was stopped. What was done until then stays."),
}

ERRORS: Mapping[str, LazyString] = {
    "broken": _("A worker broke off at the same place several times; its log says why."),
    "file_gone": _("The uploaded file was removed after seven days. Upload it again."),
}
