from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.mail_dns.dkim import check_dkim, judge_key, rsa_bits
from tests.domain.mail_dns.zone import SENDER, Zone, codes

NAMED = replace(SENDER, selectors=("spring",))
PLACE = "spring._domainkey.levant.example"


@pytest.fixture(scope="module")
def keys() -> dict[int, rsa.RSAPublicKey]:
    return {bits: rsa.generate_private_key(65537, bits).public_key() for bits in (1024, 2048)}


def published(key: rsa.RSAPublicKey, form: PublicFormat) -> str:
    return b64encode(key.public_bytes(Encoding.DER, form)).decode()


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
def test_the_strength_of_a_key_is_read(
    keys: dict[int, rsa.RSAPublicKey], form: PublicFormat
) -> None:
    for bits, code in ((2048, "dkim_good"), (1024, "dkim_short")):
        notes = judge_key(f"v=DKIM1; k=rsa; p={published(keys[bits], form)}")
        assert [(note.code, note.value) for note in notes] == [(code, str(bits))]


def test_the_newer_kind_of_key_needs_the_older_beside_it() -> None:
    raw = ed25519.Ed25519PrivateKey.generate().public_key()
    key = b64encode(raw.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    assert [n.code for n in judge_key(f"v=DKIM1; k=ed25519; p={key}")] == ["dkim_ed25519"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=DKIM1; p=", "dkim_revoked "),
        ("v=DKIM1; k=rsa", "dkim_syntax p="),
        ("v=DKIM2; p=x", "dkim_syntax v=DKIM2"),
        ("v=DKIM1; p=x; p=y", "dkim_syntax p=y"),
        ("v=DKIM1; k=rsa; p=not base64!", "dkim_key_broken "),
        ("v=DKIM1; k=rsa; p=TUlJQg==", "dkim_key_broken "),
        ("v=DKIM1; k=rsa; p=AAAA", "dkim_key_broken "),
        ("v=DKIM1; k=dsa; p=AAAA", "dkim_kind dsa"),
        ("v=DKIM1; k=ed25519; p=AAAA", "dkim_key_broken "),
    ],
)
def test_what_is_wrong_with_a_key(text: str, expected: str) -> None:
    assert [f"{n.code} {n.value}" for n in judge_key(text)] == [expected]


def test_no_cut_of_a_key_is_read_as_one(keys: dict[int, rsa.RSAPublicKey]) -> None:
    whole = keys[1024].public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for length in range(len(whole)):
        with pytest.raises((ValueError, IndexError)):
            rsa_bits(whole[:length])


def test_a_key_that_only_tests_does_not_protect(keys: dict[int, rsa.RSAPublicKey]) -> None:
    key = published(keys[2048], PublicFormat.SubjectPublicKeyInfo)
    world = Zone(texts={PLACE: [f"v=DKIM1; t=y:s; p={key}"]})
    (check,) = check_dkim(NAMED, world)
    assert codes(check) == ["dkim_testing"]


def test_a_named_selector_is_asked_for_and_no_other() -> None:
    world = Zone()
    (check,) = check_dkim(NAMED, world)
    assert codes(check) == ["dkim_missing spring"]
    assert world.asked == [PLACE]
    world.silent = {PLACE}
    (check,) = check_dkim(NAMED, world)
    assert codes(check) == ["unanswered"]


def test_without_a_selector_the_usual_ones_are_tried(keys: dict[int, rsa.RSAPublicKey]) -> None:
    world = Zone()
    (check,) = check_dkim(SENDER, world)
    assert codes(check) == ["dkim_selector_unknown"]
    key = published(keys[2048], PublicFormat.SubjectPublicKeyInfo)
    world.texts = {"s1._domainkey.levant.example": [f"v=DKIM1; p={key}"]}
    (check,) = check_dkim(SENDER, world)
    assert (check.name, codes(check)) == ("s1._domainkey.levant.example", [])
