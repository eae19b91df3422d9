"""Sends one notice: a transactional mail, out of its row, by the transactional worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.delivery import MAX_ATTEMPTS, retry_delay
from app.domain.notice import NoticeState
from app.links import Links
from app.mail.content import RenderedMail
from app.mail.transport import Message, Outcome, OutcomeKind, Transport
from app.mail.wire import build_notice
from app.store.tables import Notice
from app.usecases.compose_notice import compose_notice

LEASE = timedelta(minutes=2)
"""A notice in `handing` for longer than this lost its worker, and the tick asks for it again: a
confirmation that comes twice does no harm, one that never comes does."""


def send_notice(
    sessions: sessionmaker[Session],
    transport: Transport,
    *,
    settings: Settings,
    links: Links,
    now: datetime,
    notice_id: int,
) -> None:
    """Sends the notice if it waits. Commits twice: before the mail server is spoken to and
    after. May be repeated: only one of two that try at once sends."""
    with sessions.begin() as session:
        notice = _take(session, notice_id, now)
        if notice is None:
            return
        mail = compose_notice(session, notice, settings=settings, links=links)
    data = _bytes(settings, links, notice, mail)
    message = Message(
        key=notice.id,
        sender=links.notice_bounce_address(notice.id),
        recipient=notice.email,
        data=data,
    )
    outcome = transport.send_one(message)
    with sessions.begin() as session:
        _record(session, notice, outcome, now)


def _take(session: Session, notice_id: int, now: datetime) -> Notice | None:
    return session.scalars(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state == NoticeState.PENDING)
        .values(state=NoticeState.HANDING, attempt=Notice.attempt + 1, retry_at=now + LEASE)
        .returning(Notice)
    ).one_or_none()


def _bytes(settings: Settings, links: Links, notice: Notice, mail: RenderedMail) -> bytes:
    return build_notice(
        mail,
        from_name=settings.mail_from_name,
        from_address=settings.mail_from,
        to=notice.email,
        date=notice.created_at,
        message_id=links.notice_message_id(notice.id),
    )


def _record(session: Session, notice: Notice, outcome: Outcome, now: datetime) -> None:
    settled = {OutcomeKind.SENT: NoticeState.SENT, OutcomeKind.PERMANENT: NoticeState.FAILED}
    state = settled.get(outcome.kind, NoticeState.PENDING)
    if state is NoticeState.PENDING and notice.attempt >= MAX_ATTEMPTS:
        state = NoticeState.FAILED
    session.execute(
        update(Notice)
        .where(
            Notice.id == notice.id,
            Notice.state == NoticeState.HANDING,
            Notice.attempt == notice.attempt,
        )
        .values(
            state=state,
            reply="" if state is NoticeState.SENT else outcome.reply,
            sent_at=now if state is NoticeState.SENT else None,
            retry_at=now + retry_delay(notice.attempt, jitter=notice.id % 16 / 16),
        )
    )
