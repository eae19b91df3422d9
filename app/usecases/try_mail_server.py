"""Sends one mail to a member of the staff over the configured mail server, and keeps step by step
how it went, for the settings and for home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid

from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.brand import Brand
from app.domain.vitals import Level
from app.mail.content import NoticeContext
from app.mail.render import render_mail_test
from app.mail.smtp.rehearse import Fault, Step, Taken, failed, rehearse
from app.mail.smtp.relay import Relay
from app.mail.transport import Message
from app.mail.wire import build_notice
from app.store.pulse import SMTP, beat
from app.store.tables import Pulse

PATIENCE = 8.0
"""Seconds for each answer: the one who asked waits in front of the page."""

_NAME = "test"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailTest:
    """One try: the steps that were taken, and how the last one ended."""

    at: datetime
    to: str
    taken: Sequence[Taken]

    @property
    def passed(self) -> bool:
        return not failed(self.taken)


def try_mail_server(
    settings: Settings, *, brand: Brand, now: datetime, to: str, language: str
) -> MailTest:
    """Speaks to the mail server, with no transaction open. Raises nothing that it answers."""
    hello = settings.mail_from.rpartition("@")[2]
    mail = render_mail_test(NoticeContext(language=language, values={}), brand=brand)
    data = build_notice(
        mail,
        from_name=settings.mail_from_name,
        from_address=settings.mail_from,
        to=to,
        date=now,
        message_id=make_msgid(domain=hello),
    )
    message = Message(key=0, sender=settings.mail_from, recipient=to, data=data)
    taken = rehearse(
        Relay.parse(settings.smtp_url),
        message,
        hello=hello,
        timeout=min(PATIENCE, settings.smtp_timeout),
    )
    return MailTest(at=now, to=to, taken=taken)


def keep_test(session: Session, test: MailTest) -> None:
    """Keeps the last try; the caller commits."""
    beat(
        session,
        SMTP,
        _NAME,
        now=test.at,
        level=(Level.GOOD if test.passed else Level.BAD).value,
        to=test.to,
        taken=[[t.step.value, t.fault, t.number, t.reply] for t in test.taken],
    )


def kept_test(session: Session) -> MailTest | None:
    """The last try that was made."""
    kept = session.get(Pulse, (SMTP, _NAME))
    if kept is None:
        return None
    taken = [
        Taken(step=Step(step), fault=Fault(fault) if fault else None, number=number, reply=reply)
        for step, fault, number, reply in kept.detail["taken"]
    ]
    return MailTest(at=kept.at, to=kept.detail["to"], taken=taken)
