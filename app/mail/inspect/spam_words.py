"""Words that filters and readers take for advertising: a list of our own in both languages.

Matched on whole words with letter variants and diacritics levelled, so that a list entry finds
its spellings. A news text may hold one by chance; what counts is how many, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

_ARABIC = (
    "اربح الآن",
    "لقد ربحت",
    "لقد فزت",
    "فزت بجائزة",
    "ربح مضمون",
    "أرباح مضمونة",
    "ضاعف أموالك",
    "ضاعف أرباحك",
    "أموال سهلة",
    "دخل إضافي من المنزل",
    "اعمل من بيتك",
    "بدون رأس مال",
    "بلا مخاطرة",
    "قرض فوري",
    "عرض لفترة محدودة",
    "عرض لا يفوت",
    "عرض حصري",
    "خصم حصري",
    "تخفيضات هائلة",
    "أرخص الأسعار",
    "فرصتك الأخيرة",
    "لا تفوت الفرصة",
    "اشتر الآن",
    "اطلب الآن",
    "اتصل الآن",
    "اضغط هنا",
    "انقر هنا",
    "مجانا تماما",
    "مجانا بالكامل",
    "مئة بالمئة مجانا",
    "هدية مجانية",
    "بطاقة هدايا",
    "خسارة الوزن بسرعة",
    "أنقص وزنك",
    "حدث بياناتك البنكية",
    "تم تعليق حسابك",
    "كازينو",
    "فياغرا",
)

_ENGLISH = (
    "act now",
    "apply now",
    "buy now",
    "order now",
    "call now",
    "click here",
    "click below",
    "limited time offer",
    "exclusive deal",
    "once in a lifetime",
    "last chance",
    "don't miss out",
    "you have won",
    "you've won",
    "congratulations, you",
    "claim your prize",
    "free gift",
    "free money",
    "100% free",
    "absolutely free",
    "risk free",
    "no obligation",
    "money back guarantee",
    "guaranteed income",
    "double your money",
    "make money fast",
    "earn extra cash",
    "work from home",
    "no credit check",
    "instant loan",
    "lowest price",
    "lose weight fast",
    "verify your account",
    "account suspended",
    "casino bonus",
    "viagra",
)

_MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\u2066-\u2069]"
)
_LEVELLED = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "’": "'"})


def _level(text: str) -> str:
    return " ".join(_MARKS.sub("", normalize("NFC", text)).translate(_LEVELLED).lower().split())


def _any_of(entries: Iterable[str]) -> str:
    return "|".join(re.escape(_level(words)) for words in entries)


_PATTERN = re.compile(rf"(?<!\w)[وف]?({_any_of(_ARABIC)})(?!\w)|(?<!\w)({_any_of(_ENGLISH)})(?!\w)")


def spam_words(text: str) -> list[str]:
    """The entries of the list that stand in the text, each once, in their order there."""
    found = (match[1] or match[2] for match in _PATTERN.finditer(_level(text)))
    return list(dict.fromkeys(found))


def shouts(subject: str) -> bool:
    """Whether a subject calls out: marks in a row, or a line of Latin capitals."""
    letters = [c for c in subject if c.isascii() and c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return bool(re.search("[!؟?]{2,}", subject)) or (
        len(letters) >= 12 and capitals * 10 >= (len(letters) * 8)
    )
