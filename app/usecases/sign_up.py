"""Asking to subscribe, and confirming it: the double opt-in.

What a stranger typed changes no reader. Asking writes a sign-up and a notice, whoever's address
it is; only the link in the mail turns the sign-up into a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.address import Address
from app.domain.bounce import BOUNCED_NOTICE
from app.domain.notice import NoticeKind, NoticeState
from app.domain.subscription import (
    ADDRESS_DAY,
    ADDRESS_PAUSE,
    Choice,
    ConsentKind,
    Standing,
    SubscriberState,
    Verdict,
    judge_confirmation,
    may_write_again,
)
from app.links import Links
from app.store.tables import ConsentEvent, Notice, Signup, Subscriber
from app.usecases.consent import AGENT_LENGTH, Origin, Wording, record_consent
from app.usecases.suppress import is_suppressed


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody who asks to subscribe has agreed to; `timezone` is an IANA name, empty when
    their browser did not tell it."""

    address: Address
    choice: Choice
    timezone: str = ""
    language: str
    wording: Wording
    origin: Origin


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """What a confirmation link is worth; `reader` is set where one exists."""

    verdict: Verdict
    signup: Signup | None = None
    reader: Subscriber | None = None


def request_signup(session: Session, *, now: datetime, links: Links, asked: Asked) -> Notice:
    """Writes the sign-up and its notice, flushed; the caller commits and enqueues the notice.

    The same rows are written for every address. A notice to a suppressed address, to one that
    was written to too often or to one that a mail came back from is born as failed without an
    attempt, and no mail goes out.
    """
    key = asked.address.key
    # Two that ask at once for one address are counted one after the other.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    suppressed = is_suppressed(session, links, key)
    reader = session.scalar(select(Subscriber).where(Subscriber.email_key == key))
    withheld = _withheld(session, now, key, reader, suppressed=suppressed)
    if suppressed:
        # Nothing but an HMAC is kept of it, now as before.
        asked_email, key = "", links.address_hmacs(key)[0].hex()
    else:
        asked_email = asked.address.email
    signup = _signup(asked, asked_email, key, now)
    session.add(signup)
    session.flush()
    known = reader is not None and reader.state is SubscriberState.ACTIVE
    notice = Notice(
        kind=NoticeKind.ALREADY_SUBSCRIBED if known else NoticeKind.CONFIRM,
        email=asked_email,
        language=asked.language,
        signup_id=signup.id,
        subscriber_id=reader.id if known and reader else None,
        state=NoticeState.FAILED if withheld else NoticeState.PENDING,
        created_at=now,
        retry_at=now,
        reply=withheld,
    )
    session.add(notice)
    session.flush()
    return notice


def _signup(asked: Asked, email: str, key: str, now: datetime) -> Signup:
    return Signup(
        email=email,
        email_key=key,
        cadence=asked.choice.cadence,
        topic_mask=asked.choice.topic_mask,
        timezone=asked.timezone,
        language=asked.language,
        wording=asked.wording.text,
        wording_version=asked.wording.version,
        place=asked.origin.place,
        ip=asked.origin.ip,
        user_agent=asked.origin.user_agent[:AGENT_LENGTH],
        asked_at=now,
    )


def _withheld(
    session: Session, now: datetime, key: str, reader: Subscriber | None, *, suppressed: bool
) -> str:
    """Why no mail goes out; empty if one does. All is always looked up, for equal work."""

    def since(span: timedelta) -> ColumnElement[int]:
        return func.count().filter(Signup.asked_at > now - span)

    withheld = and_(Notice.state == NoticeState.FAILED, Notice.attempt == 0)
    lately, today = session.execute(
        select(since(ADDRESS_PAUSE), since(ADDRESS_DAY))
        .join(Notice, Notice.signup_id == Signup.id)
        .where(Signup.email_key == key, Signup.asked_at > now - ADDRESS_DAY, not_(withheld))
    ).one()
    returned = session.scalar(
        select(
            exists()
            .where(Signup.email_key == key, Notice.signup_id == Signup.id)
            .where(Notice.bounced_at > now - BOUNCED_NOTICE)
        )
    )
    if suppressed or (reader is not None and reader.state is SubscriberState.SUPPRESSED):
        return "suppressed"
    if returned:
        return "bounced"
    return "" if may_write_again(lately=lately, today=today) else "limited"


def look_at_signup(
    session: Session, *, now: datetime, signup_id: int, lifetime: timedelta
) -> Confirmation:
    """What confirming would do; changes nothing. A sign-up that was tidied away has expired."""
    return _judge(session, session.get(Signup, signup_id), now, lifetime)


def confirm_signup(
    session: Session, *, now: datetime, signup_id: int, lifetime: timedelta, origin: Origin
) -> Confirmation:
    """Makes the sign-up's reader an active one and notes asking and confirming in the history.

    May be repeated: a second time finds the reader active, and records nothing.
    """
    signup = session.get(Signup, signup_id, with_for_update=True)
    if signup is not None:
        # With request_signup, so that a reader made meanwhile is seen here.
        lock = func.pg_advisory_xact_lock(func.hashtextextended(signup.email_key, 0))
        session.execute(select(lock))
    found = _judge(session, signup, now, lifetime, lock=True)
    if found.verdict is not Verdict.CONFIRMS or signup is None:
        return found
    reader = found.reader or _new_reader(session, signup, now)
    reader.email = signup.email
    reader.state = SubscriberState.ACTIVE
    reader.cadence, reader.topic_mask = signup.cadence, signup.topic_mask
    reader.timezone = signup.timezone or reader.timezone
    reader.language = signup.language
    reader.confirmed_at, reader.left_at, reader.paused_until = now, None, None
    signup.confirmed_at = now
    session.flush()
    _record(session, reader, signup, now, origin)
    return Confirmation(verdict=Verdict.CONFIRMS, signup=signup, reader=reader)


def _new_reader(session: Session, signup: Signup, now: datetime) -> Subscriber:
    """The reader's row, ours or the one that an import has made this very moment."""
    session.execute(
        insert(Subscriber)
        .values(
            email=signup.email,
            email_key=signup.email_key,
            state=SubscriberState.ACTIVE,
            cadence=signup.cadence,
            topic_mask=signup.topic_mask,
            timezone=signup.timezone,
            language=signup.language,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Subscriber.email_key])
    )
    return session.scalars(
        select(Subscriber).where(Subscriber.email_key == signup.email_key).with_for_update()
    ).one()


def _record(
    session: Session, reader: Subscriber, signup: Signup, now: datetime, origin: Origin
) -> None:
    wording = Wording(text=signup.wording, version=signup.wording_version)
    asked = Origin(place=signup.place, ip=signup.ip, user_agent=signup.user_agent)
    record_consent(
        session,
        reader,
        ConsentKind.ASKED,
        at=signup.asked_at,
        asked_at=signup.asked_at,
        origin=asked,
        wording=wording,
    )
    record_consent(
        session,
        reader,
        ConsentKind.CONFIRMED,
        at=now,
        asked_at=signup.asked_at,
        origin=origin,
        wording=wording,
    )


def _judge(
    session: Session,
    signup: Signup | None,
    now: datetime,
    lifetime: timedelta,
    *,
    lock: bool = False,
) -> Confirmation:
    if signup is None:
        return Confirmation(verdict=Verdict.EXPIRED)
    wanted = select(Subscriber).where(Subscriber.email_key == signup.email_key)
    reader = session.scalar(wanted.with_for_update() if lock else wanted)
    standing = None
    if reader is not None:
        standing = Standing(state=reader.state, last_word_at=_last_word(session, reader.id))
    verdict = judge_confirmation(
        asked_at=signup.asked_at,
        used=signup.confirmed_at is not None,
        standing=standing,
        now=now,
        lifetime=lifetime,
    )
    return Confirmation(verdict=verdict, signup=signup, reader=reader)


def _last_word(session: Session, reader_id: int) -> datetime | None:
    said = func.max(func.coalesce(ConsentEvent.asked_at, ConsentEvent.at))
    return session.scalar(select(said).where(ConsentEvent.subscriber_id == reader_id))
