"""What the columns of a file of readers are called, in two languages and many spellings."""

from __future__ import annotations

import pytest

from app.domain.reader_columns import ReaderColumn, guess_columns, read_cadence, read_language
from app.domain.subscription import Cadence

_C = ReaderColumn


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("email,topics,cadence,timezone", (_C.EMAIL, _C.TOPICS, _C.CADENCE, _C.TIMEZONE)),
        ("الاسم,البريد الإلكتروني,الأقسام", (_C.NAME, _C.EMAIL, _C.TOPICS)),
        ("إسم,ايميل,اللغه,المنطقة الزمنيّة", (_C.NAME, _C.EMAIL, _C.LANGUAGE, _C.TIMEZONE)),
        ("Email Address,First Name,Last Name,TAGS", (_C.EMAIL, _C.NAME, None, _C.TOPICS)),
        ("E-Mail,email", (None, _C.EMAIL)),
        ("name,full name", (_C.NAME, None)),
        ("", (None,)),
        ("id,notes", (None, None)),
    ],
)
def test_headers(header: str, columns: tuple[ReaderColumn | None, ...]) -> None:
    assert guess_columns(header.split(",")) == columns


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("daily", Cadence.DAILY),
        ("Weekly", Cadence.WEEKLY),
        ("أسبوعيّة", Cadence.WEEKLY),
        ("يومياً", Cadence.DAILY),
        ("فوري", Cadence.INSTANT),
        ("كل أسبوع", Cadence.WEEKLY),
        ("hourly", None),
    ],
)
def test_paces(text: str, cadence: Cadence | None) -> None:
    assert read_cadence(text) is cadence


@pytest.mark.parametrize(
    ("text", "language"),
    [("ar", "ar"), ("العربيّة", "ar"), ("en-GB", "en"), ("English", "en"), ("fr", None), ("", None)],
)
def test_languages(text: str, language: str | None) -> None:
    assert read_language(text) == language
