"""How the admin writes numbers, times and durations: in the language of the page, with the
digits and month names that the site has chosen, in the site's own time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_time,
    get_day_names,
    get_timezone_location,
)
from babel.numbers import format_decimal
from markupsafe import Markup

from app.domain.schedule import InvalidSchedule, read_zone
from app.web import scope
from app.web.admin.i18n import gettext, ngettext
from app.web.i18n import digits, language

_CODE = re.compile(r"`([^`]+)`")
_ALONE = re.compile(r"(?<![A-Za-z0-9_.:/@#+=-])[0-9]+(?![A-Za-z0-9_:/@-]|[.,][0-9])")
_DAY = "EEEE d MMMM y"
_DAY_SHORT = "d MMM y"


def number(value: int) -> str:
    """Grouped by thousands: 12,400 or ١٢٬٤٠٠."""
    text = format_decimal(value, locale="en")
    return digits(text.replace(",", "٬")) if digits("1") != "1" else text


def percent(part: int, whole: int) -> str:
    """A whole percentage, rounded down so that 100 means all."""
    value = digits(str(part * 100 // whole)) if whole else digits("0")
    return f"{value}٪" if language() == "ar" else f"{value}%"


def share(value: float | None) -> str:
    """A percentage, with decimal places where it is small; "—" for none."""
    if value is None:
        return "—"
    return f"{decimal(value)}٪" if language() == "ar" else f"{decimal(value)}%"


def decimal(value: float | None) -> str:
    """A number with one decimal place below ten and two below one; "—" for none."""
    if value is None:
        return "—"
    if value == 0 or value >= 9.95:
        return number(round(value))
    text = (f"{value:.1f}" if value >= 0.995 else f"{value:.2f}").removesuffix(".0")
    return digits(text.replace(".", "٫")) if digits("1") != "1" else text


def site_zone() -> ZoneInfo:
    return ZoneInfo(scope.settings().timezone)


def zone_of(name: str) -> ZoneInfo:
    """A stored zone; the site's for one that the system does not know any more."""
    try:
        return read_zone(name)
    except InvalidSchedule:
        return site_zone()


def zone_city(zone: str) -> str:
    """What people call the clock of an IANA zone: its city, in the page's language."""
    if "/" not in zone or zone.startswith("Etc/"):
        return zone
    return str(get_timezone_location(zone, locale=_locale(), return_city=True))


def day(moment: datetime, zone: ZoneInfo | None = None) -> str:
    return digits(format_datetime(_local(moment, zone), _DAY, locale=_locale()))


def date_words(value: date) -> str:
    """A day that belongs to no moment, such as one of a filter."""
    return digits(format_date(value, _DAY_SHORT, locale=_locale()))


def clock(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """The wall-clock time, 24 hours."""
    return digits(format_time(_local(moment, zone).time(), "HH:mm", locale=_locale()))


def when(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """A day and a time; near days by name. "—" for never."""
    if moment is None:
        return "—"
    local = _local(moment, zone)
    distance = (local.date() - _local(scope.now(), zone).date()).days
    near = {
        0: gettext("today"),
        1: gettext("tomorrow"),
        -1: gettext("yesterday"),
    }.get(distance)
    if near is None:
        pattern = "EEEE d MMMM" if abs(distance) < 300 else _DAY_SHORT
        near = digits(format_datetime(local, pattern, locale=_locale()))
    return gettext("%(day)s at %(time)s", day=near, time=clock(moment, zone))


def iso(moment: datetime) -> str:
    """For the `datetime` attribute."""
    return moment.isoformat(timespec="seconds")


def seconds_until(moment: datetime) -> int:
    """Whole seconds from this request until then; 0 for what has passed."""
    return max(0, int((moment - scope.now()).total_seconds()))


def microseconds(moment: datetime) -> int:
    """A moment as a number for an address, exact: microseconds since 1970."""
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def duration(seconds: int) -> str:
    """The time to wait, in the largest unit that fits, rounded up."""
    if seconds <= 90:
        return ngettext("%(number)s second", "%(number)s seconds", seconds, number=number(seconds))
    minutes = -(-seconds // 60)
    return ngettext("%(number)s minute", "%(number)s minutes", minutes, number=number(minutes))


def ago(moment: datetime | None) -> str:
    """How long since, or until; "—" for never."""
    if moment is None:
        return "—"
    distance = scope.now() - moment
    words = span(abs(distance))
    if abs(distance) < timedelta(minutes=1):
        return gettext("just now") if distance >= timedelta() else gettext("in a moment")
    if distance > timedelta():
        return gettext("%(span)s ago", span=words)
    return gettext("in %(span)s", span=words)


def span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down; seconds below a minute."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return ngettext("%(number)s second", "%(number)s seconds", seconds, number=number(seconds))
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes, number=number(minutes))
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(number)s hour", "%(number)s hours", hours, number=number(hours))
    days = hours // 24
    return ngettext("%(number)s day", "%(number)s days", days, number=number(days))


def short_day(value: date) -> str:
    """A day of this year, such as 22 January."""
    return digits(format_date(value, "d MMMM", locale=_locale()))


def weekday(index: int) -> str:
    """The day's name; Monday is 0."""
    names: dict[int, str] = dict(get_day_names("wide", locale=_locale()))
    return names[index]


def _local(moment: datetime, zone: ZoneInfo | None) -> datetime:
    return moment.astimezone(zone or site_zone())


def _locale() -> Locale:
    if language() != "ar":
        return Locale("en", "GB")
    return Locale("ar", "SY") if scope.brand().months == "levantine" else Locale("ar")


def wall_time(value: time) -> str:
    """A time of day that belongs to no date, such as a schedule's."""
    return digits(value.strftime("%H:%M"))


def ten_digits() -> str:
    """0 to 9, for scripts that write numbers. No filter on a constant can do this in a template:
    it would be computed once, in the language of whoever came first."""
    return digits("0123456789")


def coded(text: str) -> Markup:
    """The text with what stands in `backticks` set as code, from left to right. Numbers that stand
    alone outside of it are written as the page writes them; those of times and names are left."""
    plain_and_code = _CODE.split(str(text))
    return Markup().join(
        Markup('<code dir="ltr">{}</code>').format(part) if place % 2 else _own_digits(part)
        for place, part in enumerate(plain_and_code)
    )


def _own_digits(text: str) -> str:
    return _ALONE.sub(lambda found: digits(found[0]), text)
