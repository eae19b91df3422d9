import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bidi import (
    FSI,
    PDI,
    RLM,
    direction_of,
    isolated_html,
    isolated_line,
    prevailing_direction,
    without_bidi_controls,
)

_ARABIC = "دفتر المطر", "قال", "«صباح الخير»", "٢٠٢٥", "، ثم", "لماذا؟", "مُدُن"
_OTHER = "OpenDesk", "7.2", "$20", "(GPT-4)", "35%", "C++", "AT&T", "Rock & Roll", "<b>", "🙂", "–"
_CONTROLS = "\u202e", "\u2066", "\u200f", "\u061c", "\u2069"

mixed = st.lists(st.sampled_from(_ARABIC + _OTHER + _CONTROLS), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("أطلقت OpenAI نموذج GPT-5.2 (بسعر $20) اليوم", ["OpenAI", "GPT-5.2", "$20"]),
        ("بسرعة 15 km/h وبنسبة 5%", ["15 km/h", "5%"]),
        ("فاز 3 - 1 في المباراة", ["3", "1"]),
        ("هاتف iPhone 15 الجديد", ["iPhone 15"]),
        ("صحيفة New York Times: الخبر", ["New York Times"]),
        ("أغنية Rock & Roll، ولغة C++", ["Rock & Roll", "C++"]),
        ("دالة f(x) جديدة", ["f(x)"]),
        ("على https://x.example/a?b=(c)&d=1.", ["https://x.example/a?b=(c)&d=1"]),
        ("اكتبوا إلى desk@levant.example، شكراً", ["desk@levant.example"]),
        ("عن «Le Monde» و «El País»", ["Le Monde", "El País"]),
        ("الهاتف +961-1-123456", ["+961-1-123456"]),
        ("عامان ٢٠٢٤ و ٢٠٢٥", []),
        ("OpenDesk 7 is out!", ["OpenDesk 7 is out!"]),
    ],
)
def test_what_is_isolated_in_an_arabic_line(text: str, runs: list[str]) -> None:
    assert re.findall(f"{FSI}(.*?){PDI}", isolated_line(text, "rtl")) == runs
    spans = re.findall('<span dir="ltr">(.*?)</span>', isolated_html(text, "rtl"))
    assert [unescape(span) for span in spans] == runs


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("The paper حرييت التركية, said", ["حرييت التركية"]),
        ("شارع الحمرا، بيروت", ["شارع الحمرا، بيروت"]),
        ("Plain words, 2025.", []),
    ],
)
def test_what_is_isolated_in_an_english_line(text: str, runs: list[str]) -> None:
    assert re.findall(f"{FSI}(.*?){PDI}", isolated_line(text, "ltr")) == runs


def test_an_arabic_run_of_an_english_line_keeps_its_own_numbers_in_place() -> None:
    address = "شارع الحمرا — ص.ب 11-2043"
    number = f"{FSI}11-2043{PDI}"
    assert isolated_line(address, "ltr") == f"{FSI}شارع الحمرا — ص.ب {number}{PDI}"
    assert isolated_html(address, "ltr") == (
        '<span dir="rtl">شارع الحمرا — ص.ب <span dir="ltr">11-2043</span></span>'
    )


def test_a_right_to_left_line_begins_with_a_strong_character() -> None:
    assert isolated_line("خبر", "rtl") == "خبر"
    for first in ("OpenDesk تطلق", "«خبر»", "7 مدن", "٧ مدن", "— خبر"):
        assert isolated_line(first, "rtl").startswith(RLM)
    assert isolated_line("", "rtl") == ""
    assert not isolated_line("News", "ltr").startswith(RLM)


def test_direction_is_that_of_the_first_letter() -> None:
    assert direction_of("«١» خبر Writer") == "rtl"
    assert direction_of("7: Writer خبر") == "ltr"
    assert direction_of("7 !", "ltr") == "ltr"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("iPhone 16 يصل إلى الأسواق المحلية", "rtl"),
        ("حرييت: Ankara and Damascus may talk", "ltr"),
        ("Acme قالت", "ltr"),
        ("قالت Acme", "rtl"),
        ("2025", "ltr"),
    ],
)
def test_most_letters_decide_and_the_first_where_there_are_as_many(
    text: str, direction: str
) -> None:
    assert prevailing_direction(text, "ltr") == direction


@given(mixed)
def test_isolating_changes_no_letter_and_balances(text: str) -> None:
    line = isolated_line(text, "rtl")
    assert line.count(FSI) == line.count(PDI)
    assert without_bidi_controls(line) == without_bidi_controls(text)
    outside = re.sub(f"{FSI}[^{FSI}{PDI}]*{PDI}", "", line)
    assert FSI not in outside
    assert not re.search("[A-Za-z0-9]", outside)


@given(mixed)
def test_html_says_the_same_and_holds_no_markup_of_the_text(text: str) -> None:
    html = isolated_html(text, "rtl")
    bare = re.sub('<span dir="ltr">|</span>', "", html)
    assert "<" not in bare
    assert unescape(bare) == without_bidi_controls(text)


@given(st.text(), st.sampled_from(["rtl", "ltr"]))
def test_any_text_survives(text: str, base: str) -> None:
    line = isolated_line(text, base)  # type: ignore[arg-type]
    assert without_bidi_controls(line) == without_bidi_controls(text)
