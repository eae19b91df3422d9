"""Hints beside the three records: whether bounces find a way back (MX), and whether the mail
server's address has a name (PTR)."""

from __future__ import annotations

from app.domain.mail_dns.findings import Check, Lookup, Note, Publish, Record, Sender, unanswered
from app.domain.vitals import Level


def check_mx(domain: str, lookup: Lookup) -> Check:
    """Whether the domain takes mail. Without an MX its own address counts (RFC 5321 section
    5.1); a null MX says that it takes none (RFC 7505)."""
    answer = lookup.mx(domain)
    if not answer.answered:
        return unanswered(Record.MX, domain)
    if answer.values == (".",):
        note = Note(level=Level.BAD, code="mx_null")
    elif answer.values:
        note = Note(level=Level.GOOD, code="mx_good", value=answer.values[0])
    elif lookup.addresses(domain).values:
        note = Note(level=Level.GOOD, code="mx_address")
    else:
        note = Note(level=Level.WARN, code="mx_missing")
    return Check(record=Record.MX, name=domain, found=answer.values, notes=(note,))


def check_ptr(sender: Sender, lookup: Lookup) -> list[Check]:
    """For each public address of the mail server: whether it has a name that leads back to it."""
    return [_check_pointer(address, sender.relay, lookup) for address in sender.relay_addresses]


def _check_pointer(address: str, relay: str, lookup: Lookup) -> Check:
    answer = lookup.pointer(address)
    if not answer.answered:
        return unanswered(Record.PTR, address)
    if not answer.values:
        return Check(
            record=Record.PTR,
            name=address,
            notes=(Note(level=Level.WARN, code="ptr_missing"),),
            publish=None if relay == address else Publish(name=address, type="PTR", value=relay),
        )
    back = any(address in lookup.addresses(name).values for name in answer.values)
    note = Note(
        level=Level.GOOD if back else Level.WARN,
        code="ptr_good" if back else "ptr_one_way",
        value=answer.values[0],
    )
    return Check(record=Record.PTR, name=address, found=answer.values, notes=(note,))
