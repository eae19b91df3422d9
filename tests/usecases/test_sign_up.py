"""Double opt-in on the real database: who is written to, and what a confirmation changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.notice import NoticeKind, NoticeState
from app.domain.subscription import Cadence, ConsentKind, SubscriberState, Verdict
from app.links import Links
from app.store.engine import make_sessions
from app.store.tables import Notice, Signup, Subscriber
from app.usecases.manage_subscription import ReaderToken, unsubscribe
from app.usecases.sign_up import Confirmation, confirm_signup, look_at_signup, request_signup
from app.usecases.suppress import SuppressionReason, suppress_address
from tests.usecases.readers import FORM, PAGE, add_reader, asking, history, kinds

LIFETIME = timedelta(days=3)


@pytest.fixture
def links(settings: Settings) -> Links:
    return Links(settings)


def rows(session: Session) -> tuple[int, int]:
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Signup, Notice)]
    return counts[0] or 0, counts[1] or 0


def confirm(session: Session, now: datetime, notice: Notice) -> Confirmation:
    assert notice.signup_id is not None
    return confirm_signup(
        session, now=now, signup_id=notice.signup_id, lifetime=LIFETIME, origin=PAGE
    )


def test_a_stranger_is_asked_to_confirm_and_changes_nothing_yet(
    session: Session, links: Links, now: datetime
) -> None:
    notice = request_signup(session, now=now, links=links, asked=asking())
    assert (notice.kind, notice.state) == (NoticeKind.CONFIRM, NoticeState.PENDING)
    assert notice.email == "Reader@example.org"
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0
    signup = session.get_one(Signup, notice.signup_id)
    assert (signup.wording, signup.wording_version) == ("نعم، أوافق", "1-ar")
    assert (str(signup.ip), signup.user_agent, signup.place) == (
        FORM.ip,
        FORM.user_agent,
        FORM.place,
    )


@pytest.mark.parametrize(
    ("state", "kind", "notice_state"),
    [
        (SubscriberState.ACTIVE, NoticeKind.ALREADY_SUBSCRIBED, NoticeState.PENDING),
        (SubscriberState.UNSUBSCRIBED, NoticeKind.CONFIRM, NoticeState.PENDING),
        (SubscriberState.SUPPRESSED, NoticeKind.CONFIRM, NoticeState.FAILED),
    ],
)
def test_every_address_costs_the_same_two_rows(
    session: Session,
    links: Links,
    now: datetime,
    state: SubscriberState,
    kind: NoticeKind,
    notice_state: NoticeState,
) -> None:
    reader = add_reader(session, now - timedelta(days=5), state=state)
    before = rows(session)
    notice = request_signup(session, now=now, links=links, asked=asking("READER@example.org"))
    assert (notice.kind, notice.state) == (kind, notice_state)
    assert rows(session) == (before[0] + 1, before[1] + 1)
    assert notice.subscriber_id == (reader.id if state is SubscriberState.ACTIVE else None)
    assert reader.state is state


def test_a_suppressed_address_is_written_nothing_and_kept_nowhere(
    session: Session, links: Links, now: datetime
) -> None:
    suppress_address(
        session, links, now=now, email_key="gone@example.org", reason=SuppressionReason.ERASED
    )
    notice = request_signup(session, now=now, links=links, asked=asking("gone@example.org"))
    assert (notice.state, notice.attempt, notice.reply) == (NoticeState.FAILED, 0, "suppressed")
    signup = session.get_one(Signup, notice.signup_id)
    assert "gone" not in f"{notice.email} {signup.email} {signup.email_key}"


def test_one_address_gets_one_mail_in_fifteen_minutes_and_three_a_day(
    session: Session, links: Links, now: datetime
) -> None:
    sent = []
    for minutes in (0, 14, 15, 29, 30, 45, 24 * 60 - 1, 24 * 60 + 1):
        at = now + timedelta(minutes=minutes)
        notice = request_signup(session, now=at, links=links, asked=asking())
        if notice.state is NoticeState.PENDING:
            sent.append(minutes)
        else:
            assert notice.reply == "limited"
    assert sent == [0, 15, 30, 24 * 60 + 1]


def test_two_that_ask_at_the_same_time_cause_one_mail(
    engine: Engine, links: Links, now: datetime
) -> None:
    sessions = make_sessions(engine)

    def ask(_number: int) -> None:
        with sessions.begin() as session:
            request_signup(session, now=now, links=links, asked=asking("twice@example.net"))

    key = Signup.email_key == "twice@example.net"
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ask, range(4)))
        with sessions() as session:
            states = session.scalars(
                select(Notice.state).join(Signup, Signup.id == Notice.signup_id).where(key)
            ).all()
        assert sorted(states) == [NoticeState.FAILED] * 3 + [NoticeState.PENDING]
    finally:
        with sessions.begin() as session:
            session.execute(delete(Signup).where(key))


def test_confirming_makes_the_reader_and_records_once(
    session: Session, links: Links, now: datetime
) -> None:
    asked = asking(cadence=Cadence.WEEKLY, topics=5)
    notice = request_signup(session, now=now, links=links, asked=asked)
    later = now + timedelta(hours=1)
    looked = look_at_signup(session, now=later, signup_id=notice.signup_id or 0, lifetime=LIFETIME)
    assert (looked.verdict, looked.reader) == (Verdict.CONFIRMS, None)

    done = confirm(session, later, notice)
    assert done.verdict is Verdict.CONFIRMS
    reader = done.reader
    assert reader is not None
    assert (reader.email, reader.email_key) == ("Reader@example.org", "reader@example.org")
    assert (reader.state, reader.cadence, reader.topic_mask) == ("active", Cadence.WEEKLY, 5)
    assert (reader.confirmed_at, reader.left_at) == (later, None)

    again = confirm(session, later + timedelta(days=30), notice)
    assert again.verdict is Verdict.ALREADY
    first, second = history(session, reader)
    assert (first.kind, first.at, str(first.ip)) == (ConsentKind.ASKED, now, FORM.ip)
    assert (second.kind, second.at, second.asked_at) == (ConsentKind.CONFIRMED, later, now)
    assert (str(second.ip), second.user_agent) == (PAGE.ip, PAGE.user_agent)
    assert second.wording == "نعم، أوافق"


def test_an_old_link_expires_and_one_that_was_tidied_away_too(
    session: Session, links: Links, now: datetime
) -> None:
    notice = request_signup(session, now=now, links=links, asked=asking())
    late = now + LIFETIME + timedelta(seconds=1)
    assert confirm(session, late, notice).verdict is Verdict.EXPIRED
    gone = confirm_signup(session, now=now, signup_id=2**62, lifetime=LIFETIME, origin=PAGE)
    assert gone.verdict is Verdict.EXPIRED
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_no_link_from_before_leaving_brings_a_reader_back(
    session: Session, links: Links, now: datetime
) -> None:
    used = request_signup(session, now=now, links=links, asked=asking())
    unused = request_signup(session, now=now + timedelta(minutes=20), links=links, asked=asking())
    reader = confirm(session, now + timedelta(minutes=30), used).reader
    assert reader is not None
    token = ReaderToken(subscriber_id=reader.id, campaign_id=0)
    unsubscribe(session, now=now + timedelta(hours=1), token=token, origin=PAGE)

    after = now + timedelta(hours=2)
    for notice in (used, unused):
        assert confirm(session, after, notice).verdict is Verdict.WITHDRAWN
    assert reader.state is SubscriberState.UNSUBSCRIBED

    anew = request_signup(session, now=after, links=links, asked=asking(topics=2))
    assert confirm(session, after, anew).verdict is Verdict.CONFIRMS
    assert (reader.state, reader.topic_mask, reader.left_at) == ("active", 2, None)
    assert kinds(session, reader)[-2:] == [ConsentKind.ASKED, ConsentKind.CONFIRMED]


def test_who_comes_back_pauses_no_longer(session: Session, links: Links, now: datetime) -> None:
    reader = add_reader(
        session,
        now - timedelta(days=9),
        state=SubscriberState.UNSUBSCRIBED,
        paused_until=now + timedelta(weeks=4),
    )
    notice = request_signup(session, now=now, links=links, asked=asking())
    confirm(session, now, notice)
    assert reader.state is SubscriberState.ACTIVE
    assert reader.paused_until is None


def test_a_later_sign_up_may_correct_the_first_and_not_the_other_way_round(
    session: Session, links: Links, now: datetime
) -> None:
    first = request_signup(session, now=now, links=links, asked=asking(topics=1))
    corrected = request_signup(
        session, now=now + timedelta(minutes=20), links=links, asked=asking(topics=2)
    )
    for_good = now + timedelta(minutes=40)
    reader = confirm(session, for_good, first).reader
    assert confirm(session, for_good, corrected).verdict is Verdict.CONFIRMS
    assert reader is not None
    assert reader.topic_mask == 2
    assert confirm(session, for_good, first).verdict is Verdict.ALREADY
    assert reader.topic_mask == 2


def test_a_suppression_after_asking_holds(session: Session, links: Links, now: datetime) -> None:
    notice = request_signup(session, now=now, links=links, asked=asking())
    reader = confirm(session, now, notice).reader
    assert reader is not None
    suppress_address(
        session, links, now=now, email_key=reader.email_key, reason=SuppressionReason.COMPLAINED
    )
    assert confirm(session, now, notice).verdict is Verdict.WITHDRAWN
    assert reader.state is SubscriberState.SUPPRESSED
