"""Codes as apps make them (RFC 6238, appendix B) and as people type them."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime

import pytest

from app.domain.second_step import matching_step, new_recovery_codes, plain, recovery_hash

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_the_standard(second: int, code: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert matching_step(SECRET, code, moment) == second // 30


@pytest.mark.parametrize("typed", ["287 082", " 287082 ", "٢٨٧٠٨٢", "۲۸۷ ۰۸۲", "287-082"])
def test_a_code_may_be_typed_as_one_reads_it(typed: str) -> None:
    assert matching_step(SECRET, typed, datetime.fromtimestamp(59, UTC)) == 1


@pytest.mark.parametrize(("second", "taken"), [(29, True), (89, True), (119, False), (-1, False)])
def test_clocks_may_differ_by_half_a_minute(second: int, taken: bool) -> None:
    found = matching_step(SECRET, "287082", datetime.fromtimestamp(second, UTC))
    assert (found == 1) is taken


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "abcdef", "²87082", "\0" * 6])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert matching_step(SECRET, typed, datetime.fromtimestamp(59, UTC)) is None
    assert matching_step("", "287082", datetime.fromtimestamp(59, UTC)) is None


def test_recovery_codes_differ_and_are_read_as_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(plain(code)) == 16 for code in codes)
    typed = codes[0].upper().replace("-", " ")
    assert recovery_hash(typed) == recovery_hash(codes[0])
    assert recovery_hash(codes[0]) != recovery_hash(codes[1])
