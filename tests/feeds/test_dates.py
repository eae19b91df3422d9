"""Dates in no form of the standards, and those that are left to the parser underneath."""

from __future__ import annotations

import pytest

from app.feeds.dates import is_odd, read_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("22 يناير 2025 08:15 +0300", "2025-01-22T05:15"),
        ("22 يناير 2025 08:15 -04:30", "2025-01-22T12:45"),
        ("22 يوليو 2025 08:15", "2025-07-22T05:15"),  # summer time in Beirut
        ("الأربعاء 22/1/2025 الساعة 8:15 مساءً بتوقيت مكة المكرمة", "2025-01-22T17:15"),
        ("22 غشت 2024", "2024-08-21T21:00"),
        ("22 أوت 2024 10:00 GMT", "2024-08-22T10:00"),
        ("25 تشرين الثاني 2024 - 10:00", "2024-11-25T08:00"),
        ("9 ذو الحجة 1445", "2024-06-14T21:00"),
        ("30 محرم 1446", None),  # the month had 29 days
        ("22 رجب 1200", None),
        ("2025-01-22T08:15:00.5Z", "2025-01-22T08:15"),
        ("2025-01-22", "2025-01-21T22:00"),
        ("22/01/2025 12:00 م", "2025-01-22T10:00"),
        ("31/04/2025", None),
        ("يناير 2025", None),
        ("22 يناير", None),
        ("99:99", None),
        ("أمس", None),
        ("", None),
        ("9999999999", "2286-11-20T17:46"),
    ],
)
def test_the_moment_a_date_means(text: str, moment: str | None) -> None:
    found = read_date(text, zone="Asia/Beirut")
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == moment


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("Wed, 22 Jan 2025 08:15:00 GMT", False),
        ("Wed, 22 Jan 2025 08:15:00 EST", False),
        ("Wed, 22 janv. 2025 08:15:00 +0100", False),
        ("20250122T081500Z", False),
        ("Wed, 22 Jan 2025 08:15:00", True),
        ("Wed, 22 Jan 2025 08:15:00 AST", True),
        ("2025-01-22T08:15:00Z", True),
        ("22/01/2025", True),
        ("٢٢ يناير ٢٠٢٥", True),
    ],
)
def test_which_dates_are_read_here(text: str, odd: bool) -> None:
    assert is_odd(text) is odd
