import pytest

from app.mail.clean import first_sentence, paragraphs, tied


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("وصلت السفينة الأولى إلى المرفأ فجراً. ثم غادرت.", "وصلت السفينة الأولى إلى المرفأ فجراً."),
        ("هل تصل السفينة الأولى غداً؟ لا أحد يعلم.", "هل تصل السفينة الأولى غداً؟"),
        ("قال: نعم. ثم سكت طويلاً وعاد إلى البيت.", "قال: نعم. ثم سكت طويلاً وعاد إلى البيت."),
        ("كلام " * 40, "كلام كلام كلام كلام كلام كلام كلام كلام كلام كلام كلام…"),
    ],
)
def test_a_line_is_a_whole_sentence_where_it_can_be(text: str, kept: str) -> None:
    assert first_sentence(text, 60) == kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("أين نحن ؟", "أين نحن_؟"),
        ("قال : « نعم »", "قال_: «_نعم_»"),
        ("Linux و Windows", "Linux و_Windows"),
        ("فوز 71 - 69 أمس", "فوز 71_-_69 أمس"),
        ("في 3 مارس", "في 3_مارس"),
        ("الأربعاء ٢٢ / يناير / ٢٠٢٥ ليلاً", "الأربعاء ٢٢_/_يناير_/_٢٠٢٥ ليلاً"),
        ("22 / كانون الثاني / 2025", "22_/_كانون الثاني_/_2025"),
        ("المال / الأعمال / 7", "المال / الأعمال / 7"),
        ("بعد 2025 هدأ", "بعد 2025_هدأ"),
        ("رقم 12345 هنا", "رقم 12345 هنا"),
        ("لا شيء يتغيّر هنا.", "لا شيء يتغيّر هنا."),
    ],
)
def test_no_line_ends_or_begins_badly(text: str, shown: str) -> None:
    assert tied(text).replace("\u00a0", "_") == shown


def test_blank_lines_part_an_editors_paragraphs() -> None:
    assert paragraphs("\n أول\nسطر \r\n \n\n ثانٍ\n") == ("أول\nسطر", "ثانٍ")
