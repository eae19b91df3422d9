"""DKIM (RFC 6376): whether the key that receivers look for is published, and strong enough."""

from __future__ import annotations

from base64 import b64decode

from app.domain.mail_dns.findings import (
    Check,
    Lookup,
    Note,
    Record,
    Sender,
    tags_of,
    unanswered,
)
from app.domain.vitals import Level

USUAL_SELECTORS = (
    "default", "mail", "dkim", "s1", "s2", "k1", "selector1", "selector2", "google", "smtp",
)  # fmt: skip
"""Names that mail servers often give their keys; tried when the own one is not known."""

SHORTEST_KEY, GOOD_KEY = 1024, 2048
"""Bits of an RSA key (RFC 8301 section 3.2)."""


def check_dkim(sender: Sender, lookup: Lookup) -> list[Check]:
    """One check for each selector that was named; else one for each usual one that is there, or
    one that says that none was found."""
    if sender.selectors:
        return [_check_selector(one, sender.domain, lookup) for one in sender.selectors]
    found = []
    for selector in USUAL_SELECTORS:
        name = f"{selector}._domainkey.{sender.domain}"
        answer = lookup.txt(name)
        if not answer.answered:
            return [unanswered(Record.DKIM, name)]
        if answer.values:
            found.append(_judge(name, answer.values))
    if found:
        return found
    name = f"…._domainkey.{sender.domain}"
    note = Note(level=Level.WARN, code="dkim_selector_unknown")
    return [Check(record=Record.DKIM, name=name, notes=(note,))]


def _check_selector(selector: str, domain: str, lookup: Lookup) -> Check:
    name = f"{selector}._domainkey.{domain}"
    answer = lookup.txt(name)
    if not answer.answered:
        return unanswered(Record.DKIM, name)
    if not answer.values:
        note = Note(level=Level.BAD, code="dkim_missing", value=selector)
        return Check(record=Record.DKIM, name=name, notes=(note,))
    return _judge(name, answer.values)


def _judge(name: str, values: tuple[str, ...]) -> Check:
    keys = tuple(text for text in values if "p=" in text) or values
    if len(keys) > 1:
        notes = [Note(level=Level.BAD, code="dkim_several", value=str(len(keys)))]
    else:
        notes = judge_key(keys[0])
    return Check(record=Record.DKIM, name=name, found=keys, notes=tuple(notes))


def judge_key(text: str) -> list[Note]:
    """What is thought of the text of one key record."""
    try:
        tags = tags_of(text)
    except ValueError as error:
        return [Note(level=Level.BAD, code="dkim_syntax", value=str(error))]
    if tags.get("v", "DKIM1") != "DKIM1":
        return [Note(level=Level.BAD, code="dkim_syntax", value=f"v={tags['v']}")]
    if "p" not in tags:
        return [Note(level=Level.BAD, code="dkim_syntax", value="p=")]
    if not tags["p"]:
        return [Note(level=Level.BAD, code="dkim_revoked")]
    notes = _strength(tags.get("k", "rsa"), tags["p"])
    if "y" in tags.get("t", "").split(":"):
        notes.append(Note(level=Level.WARN, code="dkim_testing"))
    return notes


def _strength(kind: str, key: str) -> list[Note]:
    try:
        octets = b64decode("".join(key.split()), validate=True)
        bits = rsa_bits(octets) if kind == "rsa" else len(octets) * 8
    except (ValueError, IndexError):
        return [Note(level=Level.BAD, code="dkim_key_broken")]
    if kind == "ed25519":
        right = bits == 256
        code = "dkim_ed25519" if right else "dkim_key_broken"
        return [Note(level=Level.WARN if right else Level.BAD, code=code)]
    if kind != "rsa":
        return [Note(level=Level.BAD, code="dkim_kind", value=kind)]
    if bits < SHORTEST_KEY:
        return [Note(level=Level.BAD, code="dkim_too_short", value=str(bits))]
    if bits < GOOD_KEY:
        return [Note(level=Level.WARN, code="dkim_short", value=str(bits))]
    return [Note(level=Level.GOOD, code="dkim_good", value=str(bits))]


def rsa_bits(key: bytes) -> int:
    """The bits of the modulus of an RSA key, as SubjectPublicKeyInfo (RFC 5280 section 4.1) or
    plain RSAPublicKey (RFC 8017). Raises `ValueError` or `IndexError` for anything else."""
    body, _ = _value(key, 0x30)
    if body[0] == 0x30:
        _, after = _value(body, 0x30)
        bits, _ = _value(body[after:], 0x03)
        body, _ = _value(bits[1:], 0x30)
    modulus, _ = _value(body, 0x02)
    return int.from_bytes(modulus, "big").bit_length()


def _value(data: bytes, tag: int) -> tuple[bytes, int]:
    """The value of the DER element at the beginning of `data`, and where the next one begins."""
    if data[0] != tag:
        raise ValueError("another element")
    length, at = data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at], "big")
    if at + length > len(data):
        raise ValueError("cut short")
    return data[at : at + length], at + length
