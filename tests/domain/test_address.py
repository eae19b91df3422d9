import pytest

from app.domain.address import InvalidAddress, needs_smtputf8, parse_address


@pytest.mark.parametrize(
    ("typed", "email", "key"),
    [
        ("reader@levant.example", "reader@levant.example", "reader@levant.example"),
        ("  Rim.K+news@Levant.Example ", "Rim.K+news@levant.example", "rim.k+news@levant.example"),
        ("قارئ@levant.example", "قارئ@levant.example", "قارئ@levant.example"),
        ("reader@بريد.example", "reader@xn--ngbof4h.example", "reader@xn--ngbof4h.example"),
        ("re\u0301my@levant.example", "r\u00e9my@levant.example", "r\u00e9my@levant.example"),
        ("o'neil@levant.example", "o'neil@levant.example", "o'neil@levant.example"),
    ],
)
def test_how_an_address_is_kept_and_recognised(typed: str, email: str, key: str) -> None:
    address = parse_address(typed)
    assert (address.email, address.key) == (email, key)


def test_dots_and_tags_are_other_readers() -> None:
    keys = {parse_address(t).key for t in ("a.b@x.example", "ab@x.example", "ab+n@x.example")}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("reader", "malformed"),
        ("reader@", "malformed"),
        ("reader@nowhere", "malformed"),
        ("@levant.example", "malformed"),
        ("a b@levant.example", "malformed"),
        ("a..b@levant.example", "malformed"),
        ("Rim <rim@levant.example>", "malformed"),
        ('"rim k"@levant.example', "malformed"),
        ("rim@[127.0.0.1]", "malformed"),
        ("rim@levant.example, ali@levant.example", "malformed"),
        ("rim@lev_ant.example", "malformed"),
        ("rim@levant.example\r\nBcc: all@levant.example", "control_characters"),
        ("rim\n@levant.example", "control_characters"),
        ("rim\u202e@levant.example", "control_characters"),
        ("rim\u2067@levant.example", "control_characters"),
        ("rim\u200f@levant.example", "control_characters"),
        ("rim\u2028@levant.example", "control_characters"),
        ("rim\x00@levant.example", "control_characters"),
        ("rim\x85@levant.example", "control_characters"),
        ("rim\ud800@levant.example", "control_characters"),
        ("r" * 65 + "@levant.example", "too_long"),
        ("r@" + ".".join(["d" * 60] * 5) + ".example", "too_long"),
        ("ق" * 40 + "@levant.example", "too_long"),
    ],
)
def test_what_is_refused_and_why(typed: str, code: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        parse_address(typed)
    assert refused.value.code == code
    assert typed.strip() not in str(refused.value) or not typed.strip()


def test_only_an_international_local_part_needs_smtputf8() -> None:
    assert needs_smtputf8(parse_address("قارئ@levant.example").email)
    assert not needs_smtputf8(parse_address("reader@بريد.example").email)


def test_reading_what_was_kept_changes_nothing() -> None:
    for typed in ("Rim+n@بريد.example", "قارئ@levant.example", "re\u0301my@levant.example"):
        once = parse_address(typed)
        assert parse_address(once.email) == once
