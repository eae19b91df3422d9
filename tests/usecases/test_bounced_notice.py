"""A confirmation mail that comes back: the form sends no other there for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.bounce import BOUNCED_NOTICE, Came
from app.domain.notice import NoticeState
from app.domain.subscription import SubscriberState
from app.links import Links
from app.store.tables import Notice, Suppression
from app.usecases.handle_feedback import handle_feedback
from app.usecases.sign_up import confirm_signup, request_signup
from tests.mail.reports.messages import bounce, complaint
from tests.usecases.readers import FORM, add_reader, asking

HOUR = timedelta(hours=1)
LIFETIME = timedelta(days=3)


@pytest.fixture
def links(settings: Settings) -> Links:
    return Links(settings)


def sent(session: Session, links: Links, now: datetime) -> Notice:
    """The mail of a sign-up, as it stands when the mail server has taken it."""
    notice = request_signup(session, now=now, links=links, asked=asking())
    notice.state, notice.attempt, notice.sent_at = NoticeState.SENT, 1, now
    session.flush()
    return notice


def back(session: Session, links: Links, notice: Notice, message: bytes, *, at: datetime) -> Came:
    to = links.notice_bounce_address(notice.id)
    came = handle_feedback(session, links, now=at, recipient=to, message=message).came
    session.flush()
    return came


def test_a_dead_address_gets_no_other_confirmation_for_a_while(
    session: Session, links: Links, now: datetime
) -> None:
    notice = sent(session, links, now)
    came = [back(session, links, notice, bounce(), at=now + HOUR) for _ in range(2)]
    assert came == [Came.HARD, Came.REPEATED]
    assert (notice.state, notice.reply) == (NoticeState.FAILED, "550 5.1.1 User unknown")
    again = request_signup(session, now=now + 24 * HOUR, links=links, asked=asking())
    assert (again.state, again.reply, again.attempt) == (NoticeState.FAILED, "bounced", 0)
    later = now + HOUR + BOUNCED_NOTICE
    assert request_signup(session, now=later, links=links, asked=asking()).reply == ""
    assert session.scalars(select(Suppression)).all() == []


def test_a_full_mailbox_may_ask_again(session: Session, links: Links, now: datetime) -> None:
    notice = sent(session, links, now)
    full = bounce("5.2.2", "552 5.2.2 full")
    came = [back(session, links, notice, full, at=now + HOUR) for _ in range(2)]
    assert came == [Came.SOFT, Came.REPEATED]
    assert request_signup(session, now=now + 24 * HOUR, links=links, asked=asking()).reply == ""


def test_who_has_confirmed_lives(session: Session, links: Links, now: datetime) -> None:
    notice = sent(session, links, now)
    assert notice.signup_id is not None
    confirmed = confirm_signup(
        session, now=now + HOUR, signup_id=notice.signup_id, lifetime=LIFETIME, origin=FORM
    )
    assert back(session, links, notice, bounce(), at=now + 2 * HOUR) is Came.OVERTAKEN
    assert confirmed.reader is not None
    assert confirmed.reader.state is SubscriberState.ACTIVE
    assert notice.state is NoticeState.SENT


def test_a_mail_to_a_reader_that_comes_back_tells_of_the_reader(
    session: Session, links: Links, now: datetime
) -> None:
    reader = add_reader(session, now - 24 * HOUR)
    notice = sent(session, links, now)
    assert notice.subscriber_id == reader.id
    came = [back(session, links, notice, bounce(), at=now + HOUR) for _ in range(2)]
    assert came == [Came.HARD, Came.REPEATED]
    assert reader.state is SubscriberState.SUPPRESSED


def test_who_calls_a_confirmation_spam_is_never_written_to_again(
    session: Session, links: Links, now: datetime
) -> None:
    notice = sent(session, links, now)
    came = [back(session, links, notice, complaint(), at=now + HOUR) for _ in range(2)]
    assert came == [Came.COMPLAINT, Came.REPEATED]
    assert session.scalars(select(Suppression.reason)).all() == ["complained"]
    assert request_signup(session, now=now + 24 * HOUR, links=links, asked=asking()).reply == (
        "suppressed"
    )


def test_a_notice_that_is_not_kept_any_more_is_unknown(
    session: Session, links: Links, now: datetime
) -> None:
    notice = sent(session, links, now)
    session.delete(notice)
    session.flush()
    assert back(session, links, notice, bounce(), at=now) is Came.UNKNOWN
