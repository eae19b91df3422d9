"""The columns of a file of readers: what they are called in Arabic and English, and what their
cells may say. Spelling is forgiven as in a search: case, accents, hamza, the article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache

from app.domain.folding import bare, folded_words
from app.domain.subscription import Cadence


class ReaderColumn(StrEnum):
    """What a column of a file can be."""

    EMAIL = "email"
    NAME = "name"
    TOPICS = "topics"
    CADENCE = "cadence"
    TIMEZONE = "timezone"
    LANGUAGE = "language"


_HEADERS: Mapping[ReaderColumn, tuple[str, ...]] = {
    ReaderColumn.EMAIL: (
        "email",
        "e-mail",
        "mail",
        "email address",
        "e-mail address",
        "mail address",
        "subscriber email",
        "البريد",
        "بريد إلكتروني",
        "البريد الالكتروني",
        "عنوان البريد",
        "عنوان البريد الإلكتروني",
        "إيميل",
        "ايميل",
    ),
    ReaderColumn.NAME: (
        "name",
        "full name",
        "first name",
        "reader",
        "الاسم",
        "الاسم الكامل",
        "الاسم الأول",
        "اسم المشترك",
        "اسم القارئ",
    ),
    ReaderColumn.TOPICS: (
        "topics",
        "topic",
        "sections",
        "interests",
        "groups",
        "tags",
        "الأقسام",
        "القسم",
        "المواضيع",
        "الموضوعات",
        "الاهتمامات",
        "التصنيفات",
    ),
    ReaderColumn.CADENCE: (
        "cadence",
        "frequency",
        "pace",
        "how often",
        "الوتيرة",
        "الموعد",
        "موعد الإرسال",
        "التواتر",
        "دورية الإرسال",
        "عدد المرات",
    ),
    ReaderColumn.TIMEZONE: (
        "timezone",
        "time zone",
        "tz",
        "المنطقة الزمنية",
        "النطاق الزمني",
        "التوقيت",
    ),
    ReaderColumn.LANGUAGE: ("language", "lang", "locale", "اللغة", "لغة"),
}

_CADENCES: Mapping[Cadence, tuple[str, ...]] = {
    Cadence.INSTANT: ("instant", "instantly", "immediate", "at once", "فوري", "فورية", "فورا"),
    Cadence.DAILY: ("daily", "every day", "day", "يومي", "يومية", "يوميا", "كل يوم"),
    Cadence.WEEKLY: ("weekly", "every week", "week", "أسبوعي", "أسبوعية", "أسبوعيا", "كل أسبوع"),
}

_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "ar": ("ar", "arabic", "عربي", "عربية", "العربية"),
    "en": ("en", "english", "إنجليزي", "إنكليزي", "إنجليزية", "الإنجليزية", "الإنكليزية"),
}


def spelling(text: str) -> str:
    """What is compared: the folded words of a text without their articles."""
    return " ".join(bare(word.text) for word in folded_words(text))


def guess_columns(header: Sequence[str]) -> tuple[ReaderColumn | None, ...]:
    """What the columns of a header are, each kind once: the own names count before others, then
    the first that fits."""
    own = {column.value: column for column in ReaderColumn}
    guessed = [own.get(name.strip().casefold()) for name in header]
    guessed = [None if one in guessed[:place] else one for place, one in enumerate(guessed)]
    for place, name in enumerate(header):
        meant = _columns_by_name().get(spelling(name))
        if guessed[place] is None and meant is not None and meant not in guessed:
            guessed[place] = meant
    return tuple(guessed)


def read_cadence(text: str) -> Cadence | None:
    """The pace that a cell names; None for one that is not understood."""
    return _cadences().get(spelling(text))


def read_language(text: str) -> str | None:
    """The language that a cell names, regions such as en-GB included; None if not understood."""
    first = folded_words(text)[:1]
    return _languages().get(bare(first[0].text)) if first else None


@cache
def _columns_by_name() -> dict[str, ReaderColumn]:
    return {spelling(name): column for column, names in _HEADERS.items() for name in names}


@cache
def _cadences() -> dict[str, Cadence]:
    return {spelling(name): cadence for cadence, names in _CADENCES.items() for name in names}


@cache
def _languages() -> dict[str, str]:
    return {spelling(name): language for language, names in _LANGUAGES.items() for name in names}
