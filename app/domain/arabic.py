"""Arabic digits and dates, in the families that newsrooms choose between."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from hijridate import Gregorian

_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+|\S+@\S+\.\S+", re.IGNORECASE)
_MONTH_LOCALES = {"gregorian": "ar", "levantine": "ar_SY"}

_HIJRI_MONTHS = (
    "محرّم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوّال",
    "ذو القعدة",
    "ذو الحجة",
)


def digits(text: object, family: str) -> str:
    """The text with its digits in a family: `arab` (٢٠٢٥) or `latn` (2025).

    URLs and mail addresses keep theirs: they would no longer open.
    """
    plain = str(text)
    if family != "arab":
        return plain
    done = 0
    pieces = []
    for match in _ADDRESS.finditer(plain):
        pieces += [plain[done : match.start()].translate(_EASTERN), match[0]]
        done = match.end()
    return "".join(pieces) + plain[done:].translate(_EASTERN)


def date_line(moment: datetime, *, zone: str, language: str, digit_family: str, months: str) -> str:
    """The day that `moment` (aware) falls on in `zone`: «الأربعاء ٢٢ / يناير / ٢٠٢٥», or with
    `levantine` months «الأربعاء ٢٢ / كانون الثاني / ٢٠٢٥»; in English `Wednesday, 22 January 2025`.
    """
    day = moment.astimezone(ZoneInfo(zone))
    if language != "ar":
        return format_date(day, "EEEE, d MMMM y", locale="en")
    weekday = format_date(day, "EEEE", locale="ar")
    month = _month(day, months)
    return digits(f"{weekday} {day.day} / {month} / {day.year}", digit_family)


def hijri_line(moment: datetime, *, zone: str, language: str, digit_family: str) -> str:
    """The same day in the Umm al-Qura calendar: «٢٢ رجب ١٤٤٦ هـ», `22 Rajab 1446 AH`. Empty for
    days outside the calendar's tables (1924 to 2077)."""
    day = moment.astimezone(ZoneInfo(zone))
    try:
        hijri = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return ""
    if language != "ar":
        return f"{hijri.day} {hijri.month_name('en')} {hijri.year} AH"
    return digits(f"{hijri.day} {_HIJRI_MONTHS[hijri.month - 1]} {hijri.year} هـ", digit_family)


def month_line(month: date, *, language: str, digit_family: str, months: str) -> str:
    """The month that a day stands in: «يناير ٢٠٢٥»; in English `January 2025`."""
    if language != "ar":
        return format_date(month, "MMMM y", locale="en")
    return digits(f"{_month(month, months)} {month.year}", digit_family)


def _month(day: date, months: str) -> str:
    # MMMM: once a program has used `ar`, Babel's LLLL gives its months for ar_SY too.
    return str(format_date(day, "MMMM", locale=_MONTH_LOCALES[months]))
