import pytest
from lxml.html import HtmlElement, fromstring

from app.domain.bidi import Direction
from app.mail.typeset import typeset


@pytest.mark.parametrize(
    ("text", "base", "whole"),
    [
        ("في الأعوام 1931 - 2025 تغيّر كل شيء", "rtl", ["1931_-_2025"]),
        ("في الأعوام ١٩٣١ – ٢٠٢٥ تغيّر كل شيء", "rtl", ["١٩٣١_–_٢٠٢٥"]),
        ("فوز 71-69 ثم 3–1 أمس", "rtl", ["71-69", "3–1"]),
        ("بين 5% - 7% و $20 − $30", "rtl", ["5% - 7%", "$20 − $30"]),
        ("From 1931 – 2025 it rose", "ltr", ["1931_–_2025"]),
        ("يوم 2025-01-22 مساءً", "rtl", ["2025-01-22"]),
        ("طائرة Boeing 737-800 وهاتف A-7", "rtl", ["737-800"]),
        ("عام 1931 - بداية القصة - انتهت", "rtl", []),
        ("قال 'نعم' -5 درجات", "rtl", []),
    ],
)
def test_a_range_stands_on_one_line(text: str, base: Direction, whole: list[str]) -> None:
    line = fromstring(f"<p>{typeset(text, base)}</p>")
    assert [_shown(piece) for piece in line.find_class("whole")] == whole
    assert _shown(line).replace("_", " ") == text


def test_what_is_kept_whole_is_not_a_paragraph() -> None:
    assert "whole" not in typeset("الرقم " + "1" * 40 + "-" + "2" * 40, "rtl")


def _shown(element: HtmlElement) -> str:
    return str(element.text_content()).replace("\u00a0", "_")
