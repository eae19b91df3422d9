"""Sends one notice: a transactional mail, out of its row, by the transactional worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.brand import Brand
from app.domain.delivery import MAX_ATTEMPTS, retry_delay
from app.domain.notice import NoticeKind, NoticeState
from app.links import Links
from app.mail.content import NoticeContext
from app.mail.render import render_notice
from app.mail.transport import Message, Outcome, OutcomeKind, Transport
from app.mail.wire import build_notice
from app.store.tables import Notice
from app.usecases.manage_brand import read_brand

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
        brand = read_brand(session, settings)
    if notice is None:
        return
    data = _compose(settings, links, notice, brand)
    message = Message(key=notice.id, sender=settings.mail_from, recipient=notice.email, data=data)
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


def _compose(settings: Settings, links: Links, notice: Notice, brand: Brand) -> bytes:
    context = NoticeContext(
        language=notice.language,
        confirm_url=links.confirm_url(notice.signup_id)
        if notice.kind is NoticeKind.CONFIRM and notice.signup_id
        else "",
        preferences_url=links.preferences_url(notice.subscriber_id) if notice.subscriber_id else "",
        days=settings.confirm_days,
    )
    rendered = render_notice(notice.kind, context, brand=brand)
    return build_notice(
        rendered,
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
