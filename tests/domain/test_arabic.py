from datetime import UTC, datetime

import pytest

from app.domain.arabic import date_line, digits, hijri_line

MORNING = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)


def _line(
    moment: datetime = MORNING,
    *,
    zone: str = "Asia/Beirut",
    language: str = "ar",
    family: str = "arab",
    months: str = "gregorian",
) -> str:
    return date_line(moment, zone=zone, language=language, digit_family=family, months=months)


@pytest.mark.parametrize(
    ("family", "months", "line"),
    [
        ("arab", "gregorian", "الأربعاء ٢٢ / يناير / ٢٠٢٥"),
        ("latn", "gregorian", "الأربعاء 22 / يناير / 2025"),
        ("arab", "levantine", "الأربعاء ٢٢ / كانون الثاني / ٢٠٢٥"),
        ("latn", "levantine", "الأربعاء 22 / كانون الثاني / 2025"),
    ],
)
def test_the_date_in_each_family(family: str, months: str, line: str) -> None:
    assert _line(family=family, months=months) == line


def test_a_family_is_not_mixed_up_with_the_one_used_before() -> None:
    months = ["gregorian", "levantine", "gregorian", "levantine"]
    assert ["كانون" in _line(months=each) for each in months] == [False, True, False, True]


def test_the_day_is_the_one_of_the_zone() -> None:
    late = datetime(2025, 1, 22, 22, 30, tzinfo=UTC)
    assert _line(late).startswith("الخميس ٢٣")
    assert _line(late, zone="America/New_York").startswith("الأربعاء ٢٢")


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        (MORNING, "٢٢ رجب ١٤٤٦ هـ"),
        (datetime(2025, 3, 1, 12, tzinfo=UTC), "١ رمضان ١٤٤٦ هـ"),
        (datetime(2025, 6, 5, 12, tzinfo=UTC), "٩ ذو الحجة ١٤٤٦ هـ"),
        (datetime(1900, 1, 1, 12, tzinfo=UTC), ""),
    ],
)
def test_the_day_in_the_calendar_of_umm_al_qura(moment: datetime, line: str) -> None:
    assert hijri_line(moment, zone="Asia/Riyadh", language="ar", digit_family="arab") == line


def test_the_hijri_day_in_english() -> None:
    line = hijri_line(MORNING, zone="Asia/Riyadh", language="en", digit_family="arab")
    assert line == "22 Rajab 1446 AH"


def test_english_has_its_own_order_and_digits() -> None:
    assert _line(language="en") == "Wednesday, 22 January 2025"


def test_digits_inside_addresses_stay() -> None:
    text = "العدد 12 على https://levant.example/2025/01?n=3 أو كتابةً إلى desk24@levant.example: 7"
    assert digits(text, "arab") == (
        "العدد ١٢ على https://levant.example/2025/01?n=3 أو كتابةً إلى desk24@levant.example: ٧"
    )
    assert digits(text, "latn") == text
    assert digits(2025, "arab") == "٢٠٢٥"
