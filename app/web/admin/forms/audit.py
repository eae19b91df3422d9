"""The filters of the audit: a form that is read and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from app.store.tables import Staff
from app.web.admin.audit_words import ACTIONS, OBJECTS
from app.web.admin.forms.base import AdminForm, choices
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.queries.audit import Wanted

NOBODY: Final = "nobody"
_LARGEST = 2**63 - 1


class AuditForm(AdminForm):
    """Comes by the address of the page, so that a filtered page can be kept and passed on."""

    class Meta(AdminForm.Meta):
        csrf = False

    who = SelectField(_("Who"), [Optional()])
    action = SelectField(_("What"), [Optional()])
    object = SelectField(_("To what"), [Optional()])
    number = IntegerField(
        _("Number"),
        [Optional(), NumberRange(min=0, max=_LARGEST, message=_("Write a whole number."))],
        render_kw={"min": 0, "dir": "ltr", "inputmode": "numeric"},
    )
    since = DateField(_("From"), [Optional()])
    until = DateField(_("To"), [Optional()])

    def offer(self, staff: Iterable[Staff]) -> None:
        everything = [("", gettext("all"))]
        people = [(str(one.id), one.name or one.email) for one in staff]
        self.who.choices = choices([*everything, *people, (NOBODY, gettext("nobody logged in"))])
        self.action.choices = choices([*everything, *_sorted(ACTIONS)])
        self.object.choices = choices([*everything, *_sorted(OBJECTS)])

    def validate_until(self, field: Any) -> None:
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("This day is before the first. Choose a later one."))

    def validate_number(self, field: Any) -> None:
        """Numbers are of one kind of thing each, and looked up together with it."""
        if field.data is not None and not self.object.data:
            raise ValidationError(_("Choose beside it what this is the number of."))

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """What is asked for; days begin in the site's own time."""
        return Wanted(
            staff_id=_staff_id(self.who.data or ""),
            action=self.action.data or "",
            object_type=self.object.data or "",
            object_id=self.number.data,
            since=_begin(self.since.data, zone) if self.since.data else None,
            until=_begin(self.until.data + timedelta(days=1), zone) if self.until.data else None,
        )


def _staff_id(who: str) -> int | Literal["nobody"] | None:
    if who == NOBODY:
        return NOBODY
    return int(who) if who else None


def _sorted(words: Any) -> list[tuple[str, str]]:
    return sorted(((key, str(value)) for key, value in words.items()), key=lambda pair: pair[1])


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
