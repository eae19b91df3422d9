"""The words of an import: columns, what becomes of lines, why one is refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.reader_columns import ReaderColumn
from app.store.incoming import Fate
from app.usecases.import_in_steps import REFUSED
from app.web.admin.i18n import lazy_gettext as _

COLUMNS: Mapping[str, LazyString] = {
    ReaderColumn.EMAIL: _("Address"),
    ReaderColumn.NAME: _("Name"),
    ReaderColumn.TOPICS: _("Topics"),
    ReaderColumn.CADENCE: _("Pace"),
    ReaderColumn.TIMEZONE: _("Time zone"),
    ReaderColumn.LANGUAGE: _("Language"),
}

ENCODINGS: Mapping[str, LazyString] = {
    "utf-8": _("Unicode (UTF-8)"),
    "windows-1256": _("Arabic Windows (1256)"),
}

DELIMITERS: Mapping[str, LazyString] = {
    ",": _("Comma"),
    ";": _("Semicolon"),
    "\t": _("Tab"),
    "|": _("Vertical bar"),
}

FORETOLD: Mapping[str, LazyString] = {
    Fate.ADDED: _("Will be added"),
    Fate.KNOWN: _("Read already and stay as they are"),
    Fate.REPEATED: _("Stand there twice"),
    Fate.UNSUBSCRIBED: _("Have left and stay away"),
    Fate.SUPPRESSED: _("On the suppression list"),
    REFUSED: _("Cannot be read"),
}

BECAME: Mapping[str, LazyString] = {**FORETOLD, Fate.ADDED: _("Added")}

REASONS: Mapping[str, LazyString] = {
    "empty": _("There is no address in it."),
    "too_long": _("The address is longer than one can be."),
    "control_characters": _("The address holds invisible characters."),
    "malformed": _("This is not a whole mail address."),
    "bad_encoding": _("It is not in the encoding of the file."),
    "malformed_line": _("A quote is not closed, or the line is too long."),
    "too_many_columns": _("It has more cells than the file has columns."),
    "unknown_topic": _("There is no topic of this name."),
    "unknown_cadence": _("The pace is not understood."),
    "unknown_timezone": _("This is not a time zone such as Asia/Beirut."),
    "unknown_language": _("The language is neither Arabic nor English."),
    Fate.REPEATED: _("An earlier line has this address."),
    Fate.UNSUBSCRIBED: _("They have left, and no import brings them back."),
    Fate.SUPPRESSED: _("The address is on the suppression list and is not written to."),
}

FILES: Mapping[str, LazyString] = {
    "missing": _("Choose a file."),
    "empty": _("There is nothing in this file."),
    "spreadsheet": _("This is a spreadsheet. Open it and save it as CSV, best as “CSV UTF-8”."),
    "not_text": _("This is not a text file. Save your list as CSV, best as “CSV UTF-8”."),
    "no_email_column": _("Say which column holds the addresses."),
    "repeated_column": _("Two columns cannot be the same. Leave one of them out."),
    "file_gone": _("The uploaded file was removed after seven days. Upload it again."),
}

UNDONE: Mapping[str, LazyString] = {
    "removed": _("Removed again"),
    "left": _("Stayed: they have left by themselves, which is kept"),
    "changed": _("Stayed: they have chosen something themselves"),
    "written_to": _("Stayed: they have been written to since"),
    "gone": _("Were not there any more"),
}
