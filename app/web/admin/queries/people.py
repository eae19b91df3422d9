"""Reads for the pages about readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.store.tables import AuditEvent, ConsentEvent, FormerTopic, Signup, Staff, Subscriber, Topic

_ZONES = text("""
with recursive zone as (
    (select timezone from subscriber order by timezone limit 1)
    union all
    select (select s.timezone from subscriber s where s.timezone > z.timezone
            order by s.timezone limit 1)
    from zone z where z.timezone is not null
)
select timezone from zone where timezone is not null
""")
"""From one name to the next in the index, since there are few names and many readers."""


def zones(session: Session) -> Sequence[str]:
    """The time zones that readers live in, "" among them for those whose zone is not known."""
    return session.scalars(_ZONES).all()


def waiting_signups(session: Session) -> int:
    """How many askings have not been confirmed; there are no more than a month's."""
    waiting = select(func.count()).where(Signup.confirmed_at.is_(None)).select_from(Signup)
    return session.scalar(waiting) or 0


def staff_name(session: Session, staff_id: int | None) -> str:
    """What somebody of the staff is called, "" for nobody."""
    staff = session.get(Staff, staff_id) if staff_id else None
    return (staff.name or staff.email) if staff else ""


def who_sent(session: Session, campaign_id: int) -> str:
    """What whoever of the staff pressed "send" is called; "" where nobody did."""
    return staff_name(
        session,
        session.scalar(
            select(AuditEvent.staff_id)
            .where(
                AuditEvent.object_type == "campaign",
                AuditEvent.object_id == campaign_id,
                AuditEvent.action == "campaign.send",
            )
            .order_by(AuditEvent.id.desc())
            .limit(1)
        ),
    )


def open_accounts(session: Session) -> Sequence[Staff]:
    """Who can log in, by name."""
    return session.scalars(
        select(Staff).where(Staff.active).order_by(Staff.name, Staff.email_key)
    ).all()


def consent_history(session: Session, reader: Subscriber) -> Sequence[ConsentEvent]:
    """What was agreed to, the newest first."""
    return session.scalars(
        select(ConsentEvent)
        .where(ConsentEvent.subscriber_id == reader.id)
        .order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())
    ).all()


def topic_names(topics: Iterable[Topic | FormerTopic], mask: int, language: str) -> list[str]:
    """The topics of a mask by name; none for the mask that follows everything."""
    return [topic.name(language) for topic in topics if mask >> topic.bit & 1]
