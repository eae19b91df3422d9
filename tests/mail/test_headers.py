import random
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bidi import isolated_line
from app.mail import headers
from app.mail.headers import InvalidValue
from tests.mail.judge import decode_words

_PIECES = (
    "لماذا؟", "٢٠٢٥", "دافعةً", "المصالحة..", "OpenDesk", "Writer 7.2", '"حرييت"', "«خبر»", "مُدُن",
    "35%", "$120", "—", "🙂", "👩‍👩‍👧", "a", " ", "=?utf-8?q?x?=", "=?", "?=", "(1)", "é",
    "لا", "_", "\\", '"',
)  # fmt: skip

printable = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=300
)


def _unfolded(field: bytes) -> str:
    name, _, value = field.decode("ascii").partition(": ")
    assert name == "Subject"
    assert value.endswith("\r\n")
    lines = value[:-2].split("\r\n")
    assert len("Subject: " + lines[0]) <= 76
    for line in lines[1:]:
        assert line.startswith(" ")
        assert len(line) <= 76
    return decode_words("".join(lines))


def test_three_thousand_mixed_headlines_survive() -> None:
    chance = random.Random(20250122)
    for _ in range(3000):
        pieces = chance.choices(_PIECES, k=chance.randint(1, 16))
        headline = chance.choice(("", " ")).join(pieces)
        subject = isolated_line(headline, "rtl")
        assert _unfolded(headers.unstructured("Subject", subject)) == subject


@given(printable)
def test_any_text_survives(text: str) -> None:
    assert _unfolded(headers.unstructured("Subject", text)) == text


@given(printable)
def test_a_name_and_its_address_stay_apart(name: str) -> None:
    field = headers.with_address("From", name, "news@levant.example").decode("ascii")
    assert all(len(line) <= 78 for line in field.split("\r\n"))
    value = re.sub(r"\r\n(?= )", "", field).removesuffix("\r\n").removeprefix("From: ")
    shown, address = re.fullmatch(r"(.*?) ?<([^<>]*)>", value).groups()  # type: ignore[union-attr]
    assert address == "news@levant.example"
    if shown.startswith('"'):
        assert shown[1:-1] == name
        assert '"' not in shown[1:-1]
        assert "\\" not in shown
    else:
        assert decode_words(shown) == name


def test_short_ascii_is_left_as_it_is() -> None:
    assert headers.unstructured("Subject", "Morning news") == b"Subject: Morning news\r\n"
    named = headers.with_address("From", "The Levant", "news@levant.example")
    assert named == b'From: "The Levant" <news@levant.example>\r\n'


@pytest.mark.parametrize(
    "bad",
    ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "a\x0bb", "a\x85b", "a\u2028b", "\ud800"],
)
def test_line_ends_and_controls_are_refused(bad: str) -> None:
    with pytest.raises(InvalidValue):
        headers.unstructured("Subject", bad)
    with pytest.raises(InvalidValue):
        headers.with_address("From", bad, "news@levant.example")
    with pytest.raises(InvalidValue):
        headers.with_address("From", "News", f"{bad}@levant.example")
    with pytest.raises(InvalidValue):
        headers.token("Feedback-ID", bad)


def test_a_date_needs_its_zone() -> None:
    moment = datetime(2025, 1, 2, 6, 30, tzinfo=UTC)
    assert headers.date(moment) == b"Date: Thu, 02 Jan 2025 06:30:00 +0000\r\n"
    with pytest.raises(InvalidValue):
        headers.date(moment.replace(tzinfo=None))
