"""SPF (RFC 7208): whether a domain's record can be read, ends well, keeps its limits, and names
the mail server."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from app.domain.mail_dns.findings import (
    UNANSWERED,
    Answer,
    Check,
    Lookup,
    Note,
    Publish,
    Record,
    Sender,
    unanswered,
)
from app.domain.mail_dns.spf_record import BadTerm, Term, is_spf, parse_spf
from app.domain.vitals import Level

MOST_LOOKUPS = 10
MOST_VOID_LOOKUPS = 2
"""RFC 7208 section 4.6.4: more than these, and the whole record counts as broken."""

_ASKS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""The terms that cost a lookup."""


def check_spf(sender: Sender, domain: str, lookup: Lookup) -> Check:
    """The record of `domain`, which is the one of the envelope's sender."""
    answer = lookup.txt(domain)
    if not answer.answered:
        return unanswered(Record.SPF, domain)
    found = tuple(text for text in answer.values if is_spf(text))
    if not found:
        return _check(domain, found, [_bad("spf_missing")], _fresh(sender))
    if len(found) > 1:
        return _check(domain, found, [_bad("spf_several", str(len(found)))], _joined(found))
    try:
        terms = parse_spf(found[0])
    except BadTerm as error:
        return _check(domain, found, [_bad("spf_syntax", str(error))], _fresh(sender))
    walk = _Walk(lookup, sender.relay_addresses)
    walk.visit(domain, terms)
    notes = [*_end_notes(terms), *walk.notes(), *_relay_notes(sender, walk)]
    if all(note.level is Level.GOOD for note in notes):
        notes.insert(0, Note(level=Level.GOOD, code="spf_good"))
    return _check(domain, found, notes, _better(sender, found[0], terms, walk))


class _Walk:
    """Goes through a record and all that it includes: counts the lookups that a receiver may
    make, and finds which of the mail server's addresses are named."""

    def __init__(self, lookup: Lookup, addresses: tuple[str, ...]) -> None:
        self._lookup = lookup
        self._unnamed = {ip_address(address) for address in addresses}
        self.lookups = 0
        self.void = 0
        self.silent = False
        self.broken: list[str] = []
        self.old = False

    @property
    def unnamed(self) -> list[str]:
        return sorted(str(address) for address in self._unnamed)

    def visit(self, domain: str, terms: list[Term]) -> None:
        for term in terms:
            if term.name in _ASKS:
                self.lookups += 1
                if self.lookups > 3 * MOST_LOOKUPS:
                    return  # far beyond the limit, or in a circle
            self._take(domain, term)

    def _take(self, domain: str, term: Term) -> None:
        target = term.value.partition("/")[0] or domain
        passes = term.qualifier in ("+", "")
        if term.name in ("include", "redirect"):
            self._follow(target)
        elif "%" in term.value:
            return  # a macro has no value before there is a mail
        elif term.name in ("ip4", "ip6") and passes:
            self._name_network(term.value)
        elif term.name == "a":
            self._name_hosts([target], term, passes=passes)
        elif term.name == "mx":
            hosts = self._heard(self._lookup.mx(target))
            self._name_hosts([h for h in hosts if h != "."], term, passes=passes)
        elif term.name == "ptr":
            self.old = True

    def _follow(self, target: str) -> None:
        if "%" in target:
            return
        answer = self._lookup.txt(target)
        texts = [text for text in self._heard(answer) if is_spf(text)]
        if not answer.answered:
            return
        if len(texts) != 1:
            self.broken.append(target)
            return
        try:
            terms = parse_spf(texts[0])
        except BadTerm:
            self.broken.append(target)
            return
        self.visit(target, terms)

    def _name_hosts(self, hosts: list[str], term: Term, *, passes: bool) -> None:
        lengths = re.search(r"(?:/(\d+))?(?://(\d+))?$", term.value)
        four, six = (lengths[1], lengths[2]) if lengths else (None, None)
        for host in hosts[:MOST_LOOKUPS]:
            for address in self._heard(self._lookup.addresses(host)):
                if passes:
                    length = six if ":" in address else four
                    self._name_network(f"{address}/{length}" if length else address)

    def _name_network(self, text: str) -> None:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return
        self._unnamed = {address for address in self._unnamed if address not in network}

    def _heard(self, answer: Answer) -> tuple[str, ...]:
        if not answer.answered:
            self.silent = True
        elif not answer.values:
            self.void += 1
        return answer.values

    def notes(self) -> list[Note]:
        notes = [_bad("spf_include_broken", target) for target in self.broken]
        if self.lookups > MOST_LOOKUPS:
            notes.append(_bad("spf_too_many_lookups", str(self.lookups)))
        elif self.void > MOST_VOID_LOOKUPS:
            notes.append(_bad("spf_too_many_void", str(self.void)))
        if self.old:
            notes.append(_warn("spf_ptr"))
        if self.silent:
            notes.append(_warn(UNANSWERED))
        return notes


def _end_notes(terms: list[Term]) -> list[Note]:
    ends = [number for number, term in enumerate(terms) if term.name == "all"]
    if not ends:
        redirected = any(term.name == "redirect" for term in terms)
        return [] if redirected else [_warn("spf_no_end")]
    notes = []
    end = terms[ends[0]]
    if end.qualifier == "+":
        notes.append(_bad("spf_all_pass"))
    elif end.qualifier == "?":
        notes.append(_warn("spf_neutral"))
    after = [term for term in terms[ends[0] + 1 :] if term.qualifier]
    if after:
        notes.append(_warn("spf_after_all", after[0].name))
    return notes


def _relay_notes(sender: Sender, walk: _Walk) -> list[Note]:
    if not sender.relay_addresses:
        return [Note(level=Level.GOOD, code="spf_relay_unknown")]
    if walk.unnamed:
        return [_warn("spf_relay_not_named", ", ".join(walk.unnamed))]
    return [Note(level=Level.GOOD, code="spf_relay_named", value=sender.relay)]


def _fresh(sender: Sender) -> str:
    return f"v=spf1 {_own(sender)} ~all"


def _own(sender: Sender) -> str:
    """The mechanism that names the mail server; where its address is not known, the hosts that
    take the domain's mail are the best guess."""
    if not sender.relay_addresses:
        return "mx"
    if sender.relay in sender.relay_addresses:
        return f"ip{ip_address(sender.relay).version}:{sender.relay}"
    return f"a:{sender.relay}"


def _joined(found: tuple[str, ...]) -> str:
    """One record of several: all that they allow, and the mildest end."""
    words = [word for text in found for word in text.split()[1:]]
    ends = [word for word in words if word.lower().lstrip("+?~-") == "all"]
    kept = dict.fromkeys(word for word in words if word not in ends)
    return " ".join(["v=spf1", *kept, "-all" if set(ends) == {"-all"} else "~all"])


def _better(sender: Sender, text: str, terms: list[Term], walk: _Walk) -> str:
    """The record with what it lacks; empty when it lacks nothing that can be written for it."""
    words = text.split()
    ends = [word for word in words[1:] if word.lower().lstrip("+?~-") == "all"]
    rest = [word for word in words if word not in ends]
    end = ends[0] if ends and ends[0][0] in "~-" else "~all"
    redirected = any(term.name == "redirect" for term in terms) and not ends
    if sender.relay_addresses and walk.unnamed:
        rest.insert(1, _own(sender))
    better = " ".join(rest if redirected else [*rest, end])
    return "" if better == " ".join(words) else better


def _check(domain: str, found: tuple[str, ...], notes: list[Note], value: str) -> Check:
    publish = Publish(name=domain, type="TXT", value=value) if value else None
    return Check(record=Record.SPF, name=domain, found=found, notes=tuple(notes), publish=publish)


def _bad(code: str, value: str = "") -> Note:
    return Note(level=Level.BAD, code=code, value=value)


def _warn(code: str, value: str = "") -> Note:
    return Note(level=Level.WARN, code=code, value=value)
