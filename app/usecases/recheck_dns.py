"""Looks at the DNS of the sending domain once a day without being told to, so that home says when
a record breaks. The tick asks for it, a worker looks; no transaction is open meanwhile."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.mail_dns.daily import is_due, is_published
from app.mail.resolver import Resolver
from app.store.pulse import DNS, DNS_ASKED, beat
from app.store.tables import Pulse
from app.usecases.check_dns import check_dns, keep_report, sending_domain
from app.usecases.manage_sending import chosen_selectors

log = structlog.get_logger()


def looks_daily(settings: Settings) -> bool:
    """Whether this installation sends from a domain that can be looked at: mails that stay in the
    mailbox of this machine need no DNS, and a domain of the examples has none."""
    return not settings.has_mailbox and is_published(sending_domain(settings))


def claim_look(session: Session, settings: Settings, *, now: datetime) -> bool:
    """Whether a look is to be asked for now; if so, it is noted, and nobody else is told so."""
    if not looks_daily(settings):
        return False
    domain = sending_domain(settings)
    looked, asked = (
        session.scalar(select(Pulse.at).where(Pulse.kind == kind, Pulse.name == domain))
        for kind in (DNS, DNS_ASKED)
    )
    if not is_due(looked=looked, asked=asked, now=now):
        return False
    beat(session, DNS_ASKED, domain, now=now)
    return True


def recheck_dns(sessions: sessionmaker[Session], settings: Settings, *, now: datetime) -> bool:
    """One look, kept if the name servers answered: their silence says nothing about the records,
    so what was known before stands until they speak again. May be repeated. Returns whether it
    was kept."""
    with sessions() as session:
        selectors = chosen_selectors(session)
    report = check_dns(settings, Resolver(settings), now=now, selectors=selectors)
    if not report.answered:
        log.warning("dns_silent", domain=report.domain)
        return False
    with sessions.begin() as session:
        keep_report(session, report)
    return True
