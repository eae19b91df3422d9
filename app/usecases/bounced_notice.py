"""A notice that came back: nobody waits for it any more, and nobody can have it sent again to a
dead address.

Whose confirmation mail bounces has never been a reader. Their address is not suppressed, since a
stranger may have mistyped it; for a while (`BOUNCED_NOTICE`) the form sends nothing to it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.bounce import BounceKind, Came, Failure, is_overtaken
from app.domain.notice import NoticeState
from app.domain.subscription import SubscriberState
from app.links import Links
from app.store.tables import Notice, Signup, Subscriber
from app.usecases.suppress import (
    SuppressionReason,
    is_suppressed,
    suppress_address,
    suppress_complainer,
)


def bounce_notice(
    session: Session,
    links: Links,
    *,
    now: datetime,
    notice_id: int,
    kind: BounceKind,
    failure: Failure,
) -> Came:
    """Takes in what came back of a notice. May be repeated."""
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None or not notice.email:
        return Came.UNKNOWN
    signup = session.get(Signup, notice.signup_id) if notice.signup_id else None
    if kind is BounceKind.COMPLAINT:
        return _complain(session, links, now, notice, signup)
    if notice.state is NoticeState.FAILED:
        return Came.REPEATED
    if signup is not None and signup.confirmed_at is not None:
        return Came.OVERTAKEN
    notice.state, notice.reply = NoticeState.FAILED, failure.words
    if kind is BounceKind.HARD:
        notice.bounced_at = now
        _suppress_reader(session, links, now, notice)
    return Came(kind.value)


def _suppress_reader(session: Session, links: Links, now: datetime, notice: Notice) -> None:
    """A notice to somebody who reads already tells what an edition would have told."""
    reader = session.get(Subscriber, notice.subscriber_id) if notice.subscriber_id else None
    if reader is None or reader.state is not SubscriberState.ACTIVE:
        return
    if is_overtaken(BounceKind.HARD, sent_at=notice.sent_at, confirmed_at=reader.confirmed_at):
        return
    suppress_address(
        session, links, now=now, email_key=reader.email_key, reason=SuppressionReason.BOUNCED
    )


def _complain(
    session: Session, links: Links, now: datetime, notice: Notice, signup: Signup | None
) -> Came:
    """Whoever asked for it, its owner does not want our mails. The staff's own are not heard:
    they need theirs to log in."""
    reader = session.get(Subscriber, notice.subscriber_id) if notice.subscriber_id else None
    key = reader.email_key if reader else signup.email_key if signup else ""
    if not key:
        return Came.NO_REPORT
    if is_suppressed(session, links, key):
        return Came.REPEATED
    suppress_complainer(session, links, now=now, reader=reader, key=key)
    return Came.COMPLAINT
