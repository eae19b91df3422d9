"""Dates of entries that are in no form of the standards: Arabic month names of every region,
Arabic digits, days before months, seconds since 1970, Hijri years.

What the standards know is left to the parser underneath; this reads what it cannot, or takes for
something else (`2025/01/22` becomes the first of November there).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hijridate import Hijri

from app.domain.article import fold_name

_GREGORIAN = {
    1: "يناير / كانون الثاني / جانفي / january / jan",
    2: "فبراير / شباط / فيفري / february / feb",
    3: "مارس / آذار / march / mar",
    4: "أبريل / إبريل / نيسان / أفريل / april / apr",
    5: "مايو / أيار / ماي / may",
    6: "يونيو / يونيه / حزيران / جوان / june / jun",
    7: "يوليو / يوليه / تموز / جويلية / يوليوز / july / jul",
    8: "أغسطس / آب / أوت / غشت / august / aug",
    9: "سبتمبر / أيلول / شتنبر / september / sep",
    10: "أكتوبر / تشرين الأول / october / oct",
    11: "نوفمبر / تشرين الثاني / نونبر / november / nov",
    12: "ديسمبر / كانون الأول / دجنبر / december / dec",
}
_HIJRI = {
    1: "محرم / المحرم",
    2: "صفر",
    3: "ربيع الأول",
    4: "ربيع الآخر / ربيع الثاني",
    5: "جمادى الأولى / جمادى الأول",
    6: "جمادى الآخرة / جمادى الثانية / جمادى الآخر",
    7: "رجب",
    8: "شعبان",
    9: "رمضان",
    10: "شوال",
    11: "ذو القعدة / ذي القعدة",
    12: "ذو الحجة / ذي الحجة",
}
HIJRI_YEARS = range(1343, 1500)
"""The years that the calendar of Umm al-Qura is tabled for."""
_YEARS = range(1970, 2200)

_ODD = re.compile(
    r"[\u0600-\u06ff/\\]|\b(?:[ap]\.?m|ast|eest|eet|gst)\b|\A\s*\d{10}(?:\d{3})?\s*\Z"
    r"|\A\s*-?\d{4}-\d\d-\d\d(?!\d)|\d:\d\d\s*\Z",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?\s*", re.ASCII)
_NUMBERS = re.compile(
    r"(?<!\d)(\d{1,4})\s*[-/.\\]\s*(\d{1,2})\s*[-/.\\]\s*(\d{1,4})(?!\d)", re.ASCII
)
_TIME = re.compile(
    r"(?<![\d:+-])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b|[صم](?!\w)|صباحا|مساء|ظهرا)?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})(?!\d)", re.ASCII)
_NAMED_ZONE = re.compile(r"(?<![a-z])(?:gmt|utc|z|ast|eest|eet|gst)(?![a-z])|[غج]ريني?تش|مكة")
_ZONE_HOURS = {"ast": 3, "مكة": 3, "eet": 2, "eest": 3, "gst": 4}
"""Hours before UTC. AST is Arabia here; the parser underneath thinks of the Atlantic."""
_DIGITS = re.compile(r"(?<!\d)\d{1,4}(?!\d)", re.ASCII)


def _by_name(months: Mapping[int, str]) -> dict[str, int]:
    return {
        fold_name(name): month for month, names in months.items() for name in names.split(" / ")
    }


def _finder(names: Mapping[str, int]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


_GREGORIAN_NAMES, _HIJRI_NAMES = _by_name(_GREGORIAN), _by_name(_HIJRI)
_FIND_GREGORIAN, _FIND_HIJRI = _finder(_GREGORIAN_NAMES), _finder(_HIJRI_NAMES)


def is_odd(text: str) -> bool:
    """Whether the parser underneath would not read this date, or would read another one."""
    return _ODD.search(text) is not None


def read_date(text: str, *, zone: str) -> datetime | None:
    """The moment that a date means, in UTC; None if none can be told.

    One that names no zone of its own is told in `zone`. Of a Hijri and a Gregorian date in one
    line the Gregorian counts, being exact.
    """
    text = unicodedata.normalize("NFKC", text[:200])
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    plain = "".join(str(unicodedata.digit(c, c)) for c in text if unicodedata.category(c) != "Cf")
    clock = _TIME.search(plain.casefold().replace("ً", ""))
    rest = plain[: clock.start()] + " " + plain[clock.end() :] if clock else plain
    offset = _OFFSET.search(plain, clock.end()) if clock else None
    try:
        day = _day(rest)
        if day is None:
            return None
        moment = datetime(day.year, day.month, day.day) + _since_midnight(clock)  # noqa: DTZ001
        return moment.replace(tzinfo=_zone(plain, offset, zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> date | None:
    numbers = _NUMBERS.search(text)
    if numbers is not None:
        return _from_numbers(*(int(part) for part in numbers.groups()))
    words = fold_name(text.replace("-", " - "))
    for finder, names in ((_FIND_GREGORIAN, _GREGORIAN_NAMES), (_FIND_HIJRI, _HIJRI_NAMES)):
        found = finder.search(words)
        if found is None:
            continue
        before = [int(number) for number in _DIGITS.findall(words[: found.start()])]
        after = [int(number) for number in _DIGITS.findall(words[found.end() :])]
        years = _YEARS if names is _GREGORIAN_NAMES else HIJRI_YEARS
        year = next((n for n in (*after, *before) if n in years), None)
        day = next((n for n in (*reversed(before), *after) if 1 <= n <= 31), None)
        if year is not None and day is not None:
            return _on(year, names[found[0]], day)
    return None


def _from_numbers(first: int, middle: int, last: int) -> date | None:
    """Year first, or day first as everywhere Arabic is written; month first only where the
    middle can be no month."""
    year, month, day = (first, middle, last) if first > 31 else (last, middle, first)
    if month > 12:
        month, day = day, month
    return _on(year, month, day)


def _on(year: int, month: int, day: int) -> date | None:
    if year in HIJRI_YEARS:
        return Hijri(year, month, day).to_gregorian()
    return date(year, month, day) if year in _YEARS else None


def _since_midnight(clock: re.Match[str] | None) -> timedelta:
    if clock is None:
        return timedelta()
    hour, half = int(clock["hour"]), (clock["half"] or "")[:1]
    if half in ("p", "م", "ظ") and hour < 12:
        hour += 12
    elif half in ("a", "ص") and hour == 12:
        hour = 0
    minute, second = int(clock["minute"]), int(clock["second"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(text: str, offset: re.Match[str] | None, zone: str) -> ZoneInfo | timezone:
    if offset is not None:
        size = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"]))
        return timezone(-size if offset["sign"] == "-" else size)
    named = _NAMED_ZONE.search(text.casefold())
    if named is None:
        return ZoneInfo(zone)
    return timezone(timedelta(hours=_ZONE_HOURS.get(named[0], 0)))
