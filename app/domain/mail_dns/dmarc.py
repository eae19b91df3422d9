"""DMARC (RFC 7489; the walk up the tree is that of RFC 9989): whether a domain says what becomes
of mails that only pretend to be its own."""

from __future__ import annotations

from app.domain.mail_dns.findings import (
    Check,
    Lookup,
    Note,
    Publish,
    Record,
    Sender,
    tags_of,
    unanswered,
)
from app.domain.vitals import Level

POLICIES = ("none", "quarantine", "reject")
MOST_STEPS = 8


def check_dmarc(sender: Sender, lookup: Lookup) -> Check:
    """The policy that holds for the sending domain: its own, or that of the nearest domain above
    it which has one."""
    name, found, answered = _nearest(sender.domain, lookup)
    if not answered:
        return unanswered(Record.DMARC, name)
    own = name == f"_dmarc.{sender.domain}"
    if not found:
        return _check(name, (), [_note(Level.BAD, "dmarc_missing")], _fresh(sender))
    if len(found) > 1:
        return _check(name, found, [_note(Level.BAD, "dmarc_several", str(len(found)))], "")
    try:
        tags = tags_of(found[0])
    except ValueError as error:
        return _check(name, found, [_note(Level.BAD, "dmarc_syntax", str(error))], _fresh(sender))
    policy = tags.get("p", "").lower() if own else tags.get("sp", tags.get("p", "")).lower()
    if policy not in POLICIES:
        shown = f"p={policy}" if policy else "p="
        return _check(name, found, [_note(Level.BAD, "dmarc_syntax", shown)], _fresh(sender))
    notes = _policy_notes(tags, policy)
    if not own:
        notes.append(_note(Level.GOOD, "dmarc_from_above", name))
    if not aligned(sender.domain, sender.bounce_domain, strict=tags.get("aspf") == "s"):
        notes.append(_note(Level.WARN, "dmarc_not_aligned", sender.bounce_domain))
    return _check(name, found, notes, _better(tags) if own else "")


def aligned(domain: str, other: str, *, strict: bool) -> bool:
    """Whether SPF of `other` speaks for `domain`: the same, or unless `strict` one above or below
    the other, or both below one name of at least two parts."""
    if domain == other:
        return True
    if strict:
        return False
    if domain.endswith(f".{other}") or other.endswith(f".{domain}"):
        return True
    mine, theirs = domain.partition(".")[2], other.partition(".")[2]
    return mine == theirs and "." in mine


def _nearest(domain: str, lookup: Lookup) -> tuple[str, tuple[str, ...], bool]:
    """Where the policy stands (the own name where there is none), and its texts."""
    own = f"_dmarc.{domain}"
    labels = domain.split(".")
    for number in range(min(len(labels) - 1, MOST_STEPS)):
        name = "_dmarc." + ".".join(labels[number:])
        answer = lookup.txt(name)
        if not answer.answered:
            return name, (), False
        found = tuple(text for text in answer.values if text.strip().startswith("v=DMARC1"))
        if found:
            return name, found, True
    return own, (), True


def _policy_notes(tags: dict[str, str], policy: str) -> list[Note]:
    notes = []
    if policy == "none":
        notes.append(_note(Level.WARN, "dmarc_none"))
    else:
        notes.append(_note(Level.GOOD, f"dmarc_{policy}"))
    share = tags.get("pct", "100")
    if share != "100":
        notes.append(_note(Level.WARN, "dmarc_part", share))
    if "rua" not in tags:
        notes.append(_note(Level.WARN, "dmarc_no_reports"))
    elif not tags["rua"].lower().startswith("mailto:"):
        notes.append(_note(Level.WARN, "dmarc_bad_reports", tags["rua"]))
    return notes


def _fresh(sender: Sender) -> str:
    return f"v=DMARC1; p=none; rua=mailto:postmaster@{sender.domain}"


def _better(tags: dict[str, str]) -> str:
    """The same record with the next stricter policy; empty where it is strict already."""
    if tags["p"].lower() != "none":
        return ""
    return "; ".join(f"{name}={value}" for name, value in {**tags, "p": "quarantine"}.items())


def _check(name: str, found: tuple[str, ...], notes: list[Note], value: str) -> Check:
    publish = Publish(name=name, type="TXT", value=value) if value else None
    return Check(record=Record.DMARC, name=name, found=found, notes=tuple(notes), publish=publish)


def _note(level: Level, code: str, value: str = "") -> Note:
    return Note(level=level, code=code, value=value)
