"""Addresses as readers type them: what is kept, what is equal, what is refused and why."""

from __future__ import annotations

import pytest

from app.domain.address import InvalidAddress, parse_address


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("reader@levant.example", "reader@levant.example"),
        ("  reader@levant.example\n", "reader@levant.example"),
        ("Layla.Haddad@Levant.EXAMPLE", "Layla.Haddad@levant.example"),
        ("layla+news@levant.example", "layla+news@levant.example"),
        ("o'neil@levant.example", "o'neil@levant.example"),
        ("reader@مثال.إختبار", "reader@xn--mgbh0fb.xn--kgbechtv"),
        ("re\u0301ader@levant.example", "r\u00e9ader@levant.example"),
        ("قارئ@levant.example", "قارئ@levant.example"),
    ],
)
def test_kept_as_typed_with_the_domain_as_a_label(typed: str, email: str) -> None:
    assert parse_address(typed).email == email


def test_case_makes_no_other_reader() -> None:
    assert parse_address("Layla@Levant.Example").key == parse_address("layla@levant.example").key


@pytest.mark.parametrize("other", ["lay.la@levant.example", "layla+news@levant.example"])
def test_dots_and_tags_may_be_another_mailbox(other: str) -> None:
    assert parse_address(other).key != parse_address("layla@levant.example").key


def test_the_domain_of_an_internationalised_address_is_ascii() -> None:
    assert parse_address("reader@مثال.إختبار").domain == "xn--mgbh0fb.xn--kgbechtv"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \t\r\n", "empty"),
        ("reader@levant.example\r\nBcc: all@levant.example", "control_characters"),
        ("reader\x00@levant.example", "control_characters"),
        ("reader\u202e@levant.example", "control_characters"),
        ("reader\u200b@levant.example", "control_characters"),
        ("reader\u2028@levant.example", "control_characters"),
        ("reader\u2067@levant.example", "control_characters"),
        ("reader\u200f@levant.example", "control_characters"),
        ("reader\x85@levant.example", "control_characters"),
        ("reader\ud800@levant.example", "control_characters"),
        ("reader", "malformed"),
        ("@levant.example", "malformed"),
        ("reader@", "malformed"),
        ("reader@levant", "malformed"),
        ("a b@levant.example", "malformed"),
        ("reader@@levant.example", "malformed"),
        (".reader@levant.example", "malformed"),
        ("re..ader@levant.example", "malformed"),
        ('"re ader"@levant.example', "malformed"),
        ("Layla <layla@levant.example>", "malformed"),
        ("a@levant.example,b@levant.example", "malformed"),
        ("reader@[192.0.2.1]", "malformed"),
        ("reader@lev_ant.example", "malformed"),
        ("reader@-levant.example", "malformed"),
        ("r" * 65 + "@levant.example", "too_long"),
        ("ق" * 33 + "@levant.example", "too_long"),  # 66 octets
        ("r@" + "a." * 130 + "example", "too_long"),
        ("r@" + "ع." * 63 + "example", "too_long"),
    ],
)
def test_refused_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        parse_address(typed)
    assert refused.value.code == code


def test_only_an_internationalised_local_part_stays_beyond_ascii() -> None:
    assert not parse_address("قارئ@levant.example").email.isascii()
    assert parse_address("reader@مثال.إختبار").email.isascii()


@pytest.mark.parametrize(
    "typed", ["Rim+n@بريد.example", "قارئ@levant.example", "re\u0301@a.example"]
)
def test_reading_what_was_kept_changes_nothing(typed: str) -> None:
    once = parse_address(typed)
    assert parse_address(once.email) == once
