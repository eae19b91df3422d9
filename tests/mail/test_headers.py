"""Header fields as bytes, read again by a decoder that is not Python's."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail import headers
from tests.mail.reading import decoded_words

_PIECES = (
    "لماذا؟", "٢٠٢٥", "2025", "خفض", "الفائدة", "iPhone 16", "«نيويورك تايمز»", "15%", "COVID-19",
    "—", "..", "دافعةً", "باتجاه", "المصالحة", "\u2068GDP\u2069", "\u200f", "ليرة", "🙂", "👩‍🚀",
    "=?", "?=", "=?utf-8?b?2LE=?=", '"', "\\", "a@b.example", "https://levant.example/a?b=c", ";",
    "x" * 60, "س" * 40, "و", "،", "!", "(تحديث)", "$3.5", "é", "日本",
)  # fmt: skip

_PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))


def _headline(random_: random.Random) -> str:
    pieces = random_.choices(_PIECES, k=random_.randint(1, 14))
    spaces = random_.choices((" ", " ", " ", "  ", "", "\u00a0"), k=len(pieces))
    return "".join(piece + space for piece, space in zip(pieces, spaces, strict=True)).strip(" ")


def _check(value: str) -> None:
    field = headers.unstructured("Subject", value)
    assert field.endswith(b"\r\n")
    lines = field[:-2].split(b"\r\n")
    assert all(line.isascii() and 0 < len(line) <= 78 and b"\n" not in line for line in lines)
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    unfolded = field[:-2].replace(b"\r\n", b"").decode("ascii")
    assert decoded_words(unfolded.removeprefix("Subject: ")) == value


def test_three_thousand_mixed_headlines_survive() -> None:
    random_ = random.Random(2025)
    for _ in range(3_000):
        _check(_headline(random_))


@given(st.text(_PRINTABLE, max_size=300).map(str.strip))
def test_any_text_survives(value: str) -> None:
    _check(value)


@given(st.text(_PRINTABLE, min_size=1, max_size=120), st.integers(10, 76))
def test_no_word_splits_a_character(value: str, room: int) -> None:
    words = headers.encoded_words(value, first_line=room)
    assert "".join(decoded_words(word.decode()) for word in words) == value


@pytest.mark.parametrize("control", ["\r", "\n", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("where", ["{}خبر", "خبر{}Bcc: x@y.example", "news{}"])
def test_no_control_enters_a_header(control: str, where: str) -> None:
    with pytest.raises(headers.InvalidValue):
        headers.unstructured("Subject", where.format(control))
    with pytest.raises(headers.InvalidValue):
        headers.with_address("From", where.format(control), "news@levant.example")
    with pytest.raises(headers.InvalidValue):
        headers.with_address("From", "ليفانت", where.format(control))


@pytest.mark.parametrize(
    ("display", "field"),
    [
        ("", b"From: <news@levant.example>\r\n"),
        ("Levant News", b'From: "Levant News" <news@levant.example>\r\n'),
        ("ليفانت", b"From: =?utf-8?b?2YTZitmB2KfZhtiq?= <news@levant.example>\r\n"),
    ],
)
def test_a_named_address(display: str, field: bytes) -> None:
    assert headers.with_address("From", display, "news@levant.example") == field


@given(st.text(_PRINTABLE, max_size=90))
def test_any_display_name_leaves_the_address_alone(display: str) -> None:
    field = headers.with_address("From", display, "news@levant.example")
    unfolded = field[:-2].replace(b"\r\n", b"").decode("ascii")
    assert unfolded.endswith(" <news@levant.example>")
    assert unfolded.count("<") == 1
    assert all(len(line) <= 78 for line in field.split(b"\r\n"))
    shown = unfolded.removeprefix("From: ").removesuffix("<news@levant.example>").strip()
    assert (shown[1:-1] if shown.startswith('"') else decoded_words(shown)) == display


def test_the_date_has_its_offset() -> None:
    beirut = timezone(timedelta(hours=2))
    moment = datetime(2025, 1, 22, 8, 30, tzinfo=beirut)
    assert headers.date(moment) == b"Date: Wed, 22 Jan 2025 08:30:00 +0200\r\n"
    with pytest.raises(headers.InvalidValue):
        headers.date(moment.replace(tzinfo=None))
