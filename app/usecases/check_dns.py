"""Looks whether the DNS speaks for the sending domain, and keeps what was found for home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.mail_dns.dkim import check_dkim
from app.domain.mail_dns.dmarc import check_dmarc
from app.domain.mail_dns.findings import (
    UNANSWERED,
    Check,
    Lookup,
    Record,
    Sender,
    as_json,
    from_json,
    worst_of,
)
from app.domain.mail_dns.hosts import check_mx, check_ptr
from app.domain.mail_dns.spf import check_spf
from app.domain.vitals import Level
from app.mail.smtp.relay import Relay
from app.store.pulse import DNS, beat
from app.store.tables import Pulse

HINTS = frozenset({Record.MX, Record.PTR})
"""What is good to have; the verdict on the domain does not hang on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DnsReport:
    """The checks of one look, and when it was taken."""

    at: datetime
    domain: str
    checks: Sequence[Check]

    @property
    def level(self) -> Level:
        return worst_of([check.level for check in self.checks if check.record not in HINTS])

    @property
    def answered(self) -> bool:
        """Whether the name servers told all that the verdict hangs on."""
        told = [check for check in self.checks if check.record not in HINTS]
        return not any(note.code == UNANSWERED for check in told for note in check.notes)


def sending_domain(settings: Settings) -> str:
    """The domain of From."""
    return settings.mail_from.rpartition("@")[2].lower()


def check_dns(
    settings: Settings, lookup: Lookup, *, now: datetime, selectors: Sequence[str] = ()
) -> DnsReport:
    """One look at all records. Asks only `lookup`; without `selectors` of the DKIM keys the
    usual ones are tried."""
    relay = Relay.parse(settings.smtp_url)
    sender = Sender(
        domain=sending_domain(settings),
        bounce_domain=settings.bounce_domain.lower(),
        relay=relay.host,
        relay_addresses=_public_addresses(relay.host, lookup),
        selectors=tuple(selectors),
    )
    domains = dict.fromkeys((sender.bounce_domain, sender.domain))
    checks = [
        *(check_spf(sender, domain, lookup) for domain in domains),
        *check_dkim(sender, lookup),
        check_dmarc(sender, lookup),
        *(check_mx(domain, lookup) for domain in domains),
        *check_ptr(sender, lookup),
    ]
    return DnsReport(at=now, domain=sender.domain, checks=checks)


def _public_addresses(host: str, lookup: Lookup) -> tuple[str, ...]:
    """Where mails come out, as far as it can be told: a relay on this machine or in a private
    network passes them on from an address that is not known here."""
    try:
        found: tuple[str, ...] = (str(ip_address(host)),)
    except ValueError:
        found = lookup.addresses(host).values
    return tuple(address for address in found if ip_address(address).is_global)


def keep_report(session: Session, report: DnsReport) -> None:
    """Keeps the last look, for home and for the page itself."""
    beat(
        session,
        DNS,
        report.domain,
        now=report.at,
        level=report.level.value,
        checks=[as_json(check) for check in report.checks],
    )


def kept_report(session: Session, settings: Settings) -> DnsReport | None:
    """The last look that was taken at the sending domain of today."""
    kept = session.get(Pulse, (DNS, sending_domain(settings)))
    if kept is None:
        return None
    checks = [from_json(one) for one in kept.detail["checks"]]
    return DnsReport(at=kept.at, domain=kept.name, checks=checks)
