"""What the staff do with one reader: ask somebody to confirm, name, change, unsubscribe, erase.

Nobody becomes a reader by the staff's word: who is added by hand confirms by mail like anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.domain.address import Address
from app.domain.subscription import Choice, SubscriberState
from app.links import Links, ReaderToken
from app.store.tables import ConsentEvent, Notice, Signup, Subscriber
from app.usecases.consent import Origin, Wording
from app.usecases.manage_subscription import change_preferences, pause_mails, unsubscribe
from app.usecases.sign_up import Asked, request_signup
from app.usecases.suppress import SuppressionReason, suppress_address

BY_STAFF = Origin(place="by the staff")
"""What the history of consent says of it; who of them it was stands in the audit."""

MAX_NAME = 120

_FORGET_REPLIES = text("""
update delivery set reply = null
where subscriber_id = :reader and reply is not null and campaign_id = any(array(
    select id from campaign where started_at is not null))
""")
"""A mail server's words may hold the address. By way of the campaigns, since deliveries are found
by them only."""


class Invited(StrEnum):
    """What came of adding an address by hand."""

    ASKED = "asked"
    KNOWN = "known"
    SUPPRESSED = "suppressed"
    LIMITED = "limited"
    BOUNCED = "bounced"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """`notice_id` is the confirmation mail to enqueue after the commit, 0 where none goes out;
    `reader_id` is set for one who reads already."""

    outcome: Invited
    notice_id: int = 0
    reader_id: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is known of a reader, in numbers: what erasing takes away."""

    consents: int
    signups: int
    notices: int


def invite_reader(
    session: Session,
    links: Links,
    *,
    now: datetime,
    address: Address,
    choice: Choice,
    language: str,
) -> Invitation:
    """Sends the mail of the double opt-in to an address that somebody of the staff typed in. It
    becomes a reader only by the link in it."""
    reader = session.scalar(select(Subscriber).where(Subscriber.email_key == address.key))
    if reader is not None and reader.state is SubscriberState.ACTIVE:
        return Invitation(outcome=Invited.KNOWN, reader_id=reader.id)
    notice = request_signup(
        session,
        now=now,
        links=links,
        asked=Asked(
            address=address, choice=choice, language=language, wording=Wording(), origin=BY_STAFF
        ),
    )
    if notice.reply:
        return Invitation(outcome=Invited(notice.reply))
    return Invitation(outcome=Invited.ASKED, notice_id=notice.id)


def change_reader(
    session: Session,
    *,
    now: datetime,
    reader_id: int,
    name: str,
    choice: Choice,
    language: str,
) -> Subscriber:
    """Sets what an active reader gets, as they asked the staff to, and what the staff call them.
    Of one who has left only the name is changed. Raises `NoResultFound`."""
    reader = change_preferences(
        session, now=now, token=_token(reader_id), choice=choice, language=language, origin=BY_STAFF
    ) or session.get_one(Subscriber, reader_id)
    reader.name = name.strip()[:MAX_NAME]
    session.flush()
    return reader


def pause_reader(session: Session, *, now: datetime, reader_id: int, weeks: int) -> Subscriber:
    """Sends an active reader nothing for some weeks, as they asked the staff to (one of
    `PAUSE_WEEKS`); 0 ends a pause. Raises `ValueError` for another number, and `NoResultFound`."""
    reader = pause_mails(
        session, now=now, token=_token(reader_id), weeks=weeks, origin=BY_STAFF
    ) or session.get_one(Subscriber, reader_id)
    session.flush()
    return reader


def unsubscribe_reader(session: Session, *, now: datetime, reader_id: int) -> Subscriber:
    """Ends a subscription for somebody who asked the staff to. May be repeated. Raises
    `NoResultFound`."""
    reader = unsubscribe(session, now=now, token=_token(reader_id), origin=BY_STAFF)
    return reader or session.get_one(Subscriber, reader_id)


def what_is_kept(session: Session, reader: Subscriber) -> Kept:
    """For the question before erasing."""

    def count(table: type[ConsentEvent | Notice], reader_id: int) -> int:
        wanted = select(func.count()).where(table.subscriber_id == reader_id)
        return session.scalar(wanted.select_from(table)) or 0

    signups = select(func.count()).where(Signup.email_key == reader.email_key)
    return Kept(
        consents=count(ConsentEvent, reader.id),
        signups=session.scalar(signups.select_from(Signup)) or 0,
        notices=count(Notice, reader.id),
    )


def erase_reader(
    session: Session, links: Links, *, now: datetime, reader_id: int, keep_out: bool
) -> None:
    """Removes everything that tells of a reader: the row, what they asked and agreed to, the
    mails about it, and what mail servers said of the address. Campaigns keep their counts.

    With `keep_out` a fingerprint (HMAC) of the address stays on the suppression list, so that no
    import brings it back. Raises `NoResultFound`.
    """
    reader = session.get_one(Subscriber, reader_id, with_for_update=True)
    if keep_out:
        suppress_address(
            session, links, now=now, email_key=reader.email_key, reason=SuppressionReason.ERASED
        )
    session.execute(_FORGET_REPLIES, {"reader": reader_id})
    session.execute(delete(Signup).where(Signup.email_key == reader.email_key))
    session.flush()
    session.execute(delete(Subscriber).where(Subscriber.id == reader_id))
    session.expunge(reader)


def _token(reader_id: int) -> ReaderToken:
    return ReaderToken(subscriber_id=reader_id, campaign_id=0)
