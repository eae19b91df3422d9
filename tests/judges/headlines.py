"""Headlines as newsrooms mix them, by lot: Arabic, Latin, digits, quotes, emoji, short, long."""

from __future__ import annotations

from random import Random

_ARABIC = (
    "مرفأ", "طرابلس", "يستعد", "لأول", "سفينة", "اليوم", "الخبز", "مُدُن", "لماذا؟", "قال:", "إنّ",
    "عامٌ", "المستشفيات", "الاستثمارات", "فــي", "گاز", "لا", "و", "مئة ألف", "ﷺ",
)  # fmt: skip
_LATIN = (
    "OpenDesk", "Writer 7.2", "El Niño", "C++", "AT&T", "=?utf-8?b?", "?=", "café", "x", "Łódź",
)  # fmt: skip
_NUMBERS = (
    "٢٠٢٥", "2025", "35%", "$20", "1931 - 2025", "3–1", "٪٣٥", "12:30", "+961", "1,000,000",
)  # fmt: skip
_MARKS = (
    "«", "»", '"', "'", "“", "”", "،", "؛", "..", "…", "—", "(", ")", "؟", "!", "\\", "/", "#",
)  # fmt: skip
_EMOJI = ("🙂", "🇱🇧", "👩\u200d👩\u200d👧\u200d👦", "👍🏽", "❤\ufe0f", "📰")
_SPACES = (" ", " ", " ", " ", "", "  ", "\u00a0", "\u200f ")


def headlines(count: int, *, seed: int) -> list[str]:
    """Each is different in make-up: short and long, of one script or of all."""
    lot = Random(seed)
    return [_headline(lot) for _ in range(count)]


def _headline(lot: Random) -> str:
    kinds = lot.sample([_ARABIC, _LATIN, _NUMBERS, _MARKS, _EMOJI], k=lot.randint(1, 5))
    words = lot.choice((2, 4, 7, 12, 25, 60))
    pieces = [lot.choice(lot.choice(kinds)) + lot.choice(_SPACES) for _ in range(words)]
    return "".join(pieces).strip() or "خبر"
