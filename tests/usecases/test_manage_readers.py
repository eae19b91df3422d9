from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.address import parse_address
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.notice import NoticeKind
from app.domain.subscription import Cadence, Choice, ConsentKind, SubscriberState, Verdict
from app.links import Links
from app.store.tables import Campaign, ConsentEvent, Delivery, Notice, Signup, Subscriber
from app.usecases.manage_readers import (
    BY_STAFF,
    Invited,
    change_reader,
    erase_reader,
    invite_reader,
    unsubscribe_reader,
    what_is_kept,
)
from app.usecases.sign_up import confirm_signup, request_signup
from app.usecases.suppress import (
    SuppressionReason,
    is_suppressed,
    lift_suppression,
    suppress_address,
)
from tests.usecases.readers import PAGE, add_reader, asking, history, kinds

CHOICE = Choice(topic_mask=0, cadence=Cadence.WEEKLY)
WEEK = timedelta(days=7)


@pytest.fixture
def links(settings: Settings) -> Links:
    return Links(settings)


def invite(
    session: Session, links: Links, now: datetime, email: str = "New@Example.org"
) -> Invited:
    return invite_reader(
        session, links, now=now, address=parse_address(email), choice=CHOICE, language="ar"
    ).outcome


def test_who_is_added_by_hand_confirms_like_anybody(
    session: Session, links: Links, now: datetime
) -> None:
    invited = invite_reader(
        session,
        links,
        now=now,
        address=parse_address("New@Example.org"),
        choice=CHOICE,
        language="ar",
    )
    notice = session.get_one(Notice, invited.notice_id)
    assert (notice.kind, notice.email) == (NoticeKind.CONFIRM, "New@example.org")
    found = session.scalars(select(Subscriber).where(Subscriber.email_key == "new@example.org"))
    assert found.all() == []
    assert notice.signup_id is not None
    confirmed = confirm_signup(
        session, now=now, signup_id=notice.signup_id, lifetime=WEEK, origin=PAGE
    )
    assert confirmed.verdict is Verdict.CONFIRMS
    assert confirmed.reader is not None
    assert confirmed.reader.cadence is Cadence.WEEKLY
    asked = history(session, confirmed.reader)[0]
    assert (asked.kind, asked.place, asked.ip) == (ConsentKind.ASKED, BY_STAFF.place, None)


def test_nobody_is_asked_twice_or_against_the_suppression_list(
    session: Session, links: Links, now: datetime
) -> None:
    assert invite(session, links, now) is Invited.ASKED
    assert invite(session, links, now) is Invited.LIMITED
    add_reader(session, now, "known@example.org")
    assert invite(session, links, now, "known@example.org") is Invited.KNOWN
    suppress_address(
        session, links, now=now, email_key="no@example.org", reason=SuppressionReason.BY_STAFF
    )
    assert invite(session, links, now, "no@example.org") is Invited.SUPPRESSED


def test_a_change_by_the_staff_is_in_the_history(session: Session, now: datetime) -> None:
    reader = add_reader(session, now)
    for _ in range(2):
        change_reader(
            session, now=now, reader_id=reader.id, name=" ليلى ", choice=CHOICE, language="en"
        )
    assert (reader.name, reader.cadence, reader.language) == ("ليلى", Cadence.WEEKLY, "en")
    (event,) = history(session, reader)
    assert (event.kind, event.place) == (ConsentKind.CHANGED, BY_STAFF.place)


def test_of_one_who_has_left_only_the_name_changes(session: Session, now: datetime) -> None:
    reader = add_reader(session, now, state=SubscriberState.UNSUBSCRIBED)
    change_reader(session, now=now, reader_id=reader.id, name="ليلى", choice=CHOICE, language="en")
    assert (reader.name, reader.cadence, reader.language) == ("ليلى", Cadence.DAILY, "ar")
    assert kinds(session, reader) == []


def test_unsubscribing_may_be_repeated(session: Session, now: datetime) -> None:
    reader = add_reader(session, now)
    unsubscribe_reader(session, now=now, reader_id=reader.id)
    unsubscribe_reader(session, now=now + WEEK, reader_id=reader.id)
    assert (reader.state, reader.left_at) == (SubscriberState.UNSUBSCRIBED, now)
    assert kinds(session, reader) == [ConsentKind.UNSUBSCRIBED]


@pytest.mark.parametrize("keep_out", [True, False])
def test_erasing_leaves_nothing_that_tells_of_the_reader(
    session: Session, links: Links, now: datetime, keep_out: bool
) -> None:
    reader = add_reader(session, now, "gone@example.org")
    other = add_reader(session, now, "stays@example.org")
    request_signup(session, now=now, links=links, asked=asking("gone@example.org"))
    unsubscribe_reader(session, now=now, reader_id=reader.id)
    campaign = Campaign(
        kind=CampaignKind.ANNOUNCEMENT,
        state=CampaignState.FINISHED,
        policy=UncertainPolicy.RESEND,
        created_at=now,
        started_at=now,
    )
    session.add(campaign)
    session.flush()
    for number, one in enumerate((reader, other), 1):
        session.add(
            Delivery(
                campaign_id=campaign.id,
                ordinal=number,
                subscriber_id=one.id,
                state=DeliveryState.FAILED,
                reply=f"550 <{one.email}> unknown",
            )
        )
    session.flush()
    kept = what_is_kept(session, reader)
    assert (kept.consents, kept.signups, kept.notices) == (1, 1, 1)
    number = reader.id
    erase_reader(session, links, now=now, reader_id=number, keep_out=keep_out)
    session.expire_all()
    assert session.get(Subscriber, number) is None
    for table in (ConsentEvent, Notice):
        assert session.scalars(select(table).where(table.subscriber_id == number)).all() == []
    gone = select(Signup).where(Signup.email_key == "gone@example.org")
    assert session.scalars(gone).all() == []
    replies = session.scalars(
        select(Delivery.reply).where(Delivery.campaign_id == campaign.id).order_by(Delivery.ordinal)
    )
    assert list(replies) == [None, "550 <stays@example.org> unknown"]
    assert is_suppressed(session, links, "gone@example.org") is keep_out
    with pytest.raises(NoResultFound):
        erase_reader(session, links, now=now, reader_id=number, keep_out=keep_out)


def test_off_the_suppression_list_an_address_may_come_back_but_does_not_by_itself(
    session: Session, links: Links, now: datetime
) -> None:
    reader = add_reader(session, now, "back@example.org")
    suppress_address(
        session, links, now=now, email_key="back@example.org", reason=SuppressionReason.BOUNCED
    )
    assert lift_suppression(session, links, now=now, email_key="back@example.org", place="here")
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert kinds(session, reader) == [ConsentKind.SUPPRESSED, ConsentKind.UNSUBSCRIBED]
    assert not is_suppressed(session, links, "back@example.org")
    assert not lift_suppression(session, links, now=now, email_key="back@example.org", place="here")
    later = now + timedelta(hours=1)
    assert invite(session, links, later, "back@example.org") is Invited.ASKED
