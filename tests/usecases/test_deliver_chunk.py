"""One chunk against a transport that answers as a test says: the ledger after each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from redis import Redis
from sqlalchemy import String, cast, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignState, UncertainPolicy
from app.domain.delivery import MAX_ATTEMPTS, ChunkState, DeliveryState
from app.domain.subscription import SubscriberState
from app.links import Links
from app.mail.transport import (
    ConnectFailed,
    FailureReason,
    Message,
    Observer,
    Outcome,
    OutcomeKind,
    Pause,
    Source,
)
from app.store.journal import Journal
from app.store.tables import Campaign, Chunk, Delivery, Subscriber
from app.throttle import Throttle
from app.usecases.breaker import Breaker
from app.usecases.chunk_run import Delivering
from app.usecases.deliver_chunk import deliver_chunk
from app.usecases.skeletons import Skeletons
from tests.store.ledger_rows import add_campaign, let_lease_run_out, states

S = DeliveryState


class Killed(BaseException):
    """Stands for a process that ends at once."""


@dataclass
class ScriptedTransport:
    """Answers each message as `answer` says and keeps what it was given."""

    answer: Callable[[Message], OutcomeKind | None] = lambda _: OutcomeKind.SENT
    before: Callable[[int], None] = lambda _: None
    taken: list[Message] = field(default_factory=list)
    reply: str = "as asked"

    def run(self, source: Source, observer: Observer) -> None:
        while (message := source.next()) is not None:
            assert not isinstance(message, Pause)
            self.taken.append(message)
            self.before(len(self.taken))
            kind = self.answer(message)
            if kind is None:
                raise Killed
            if kind is not OutcomeKind.UNSENT:
                observer.about_to_end(message.key)
            code = {OutcomeKind.PERMANENT: 550, OutcomeKind.TEMPORARY: 451}.get(kind)
            observer.answered(Outcome(key=message.key, kind=kind, code=code, reply=self.reply))

    def send_one(self, message: Message) -> Outcome:
        raise AssertionError("chunks are not sent one by one")


@dataclass
class Unreachable(ScriptedTransport):
    def run(self, source: Source, observer: Observer) -> None:
        raise ConnectFailed(FailureReason.UNREACHABLE, "nobody listens")


@pytest.fixture
def worker(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Delivering]:
    settings = settings.with_(group_size=4)
    with Journal(settings.journal_dir) as journal:
        yield Delivering(
            settings=settings,
            sessions=sessions,
            transport=ScriptedTransport(),
            throttle=Throttle(settings),
            links=Links(settings),
            journal=journal,
            breaker=Breaker(),
            skeletons=Skeletons(settings),
        )


def chunk_of(session: Session, now: datetime, readers: int, **values: UncertainPolicy) -> Chunk:
    chunk = add_campaign(session, now, readers=readers, **values)
    session.commit()
    return chunk


def test_every_reader_gets_one_message_of_their_own(
    session: Session, now: datetime, worker: Delivering
) -> None:
    chunk = chunk_of(session, now, 10)
    transport = ScriptedTransport()
    deliver_chunk(replace(worker, transport=transport), chunk.id)
    assert states(session, chunk.campaign_id) == [S.SENT] * 10
    readers = session.scalars(select(Subscriber.email)).all()
    assert {m.recipient for m in transport.taken} <= set(readers)
    assert len({m.recipient for m in transport.taken}) == 10
    assert len({m.sender for m in transport.taken}) == 10
    for message in transport.taken:
        assert f"To: <{message.recipient}>\r\n".encode() in message.data
    session.expire_all()
    assert session.get_one(Campaign, chunk.campaign_id).state is CampaignState.FINISHED
    deliver_chunk(replace(worker, transport=transport), chunk.id)
    assert len(transport.taken) == 10, "the second run of the task finds nothing to do"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OutcomeKind.PERMANENT, S.FAILED),
        (OutcomeKind.TEMPORARY, S.DEFERRED),
        (OutcomeKind.LOST, S.DEFERRED),
    ],
)
def test_an_answer_concerns_its_own_delivery_alone(
    session: Session, now: datetime, worker: Delivering, kind: OutcomeKind, state: DeliveryState
) -> None:
    chunk = chunk_of(session, now, 6)
    asked: list[int] = []

    def answer(message: Message) -> OutcomeKind:
        first_time = message.key == 3 and not asked
        asked.extend([message.key] if first_time else [])
        return kind if first_time else OutcomeKind.SENT

    deliver_chunk(replace(worker, transport=ScriptedTransport(answer)), chunk.id)
    found = states(session, chunk.campaign_id)
    assert found[:2] + found[3:] == [S.SENT] * 5
    if kind is OutcomeKind.LOST:
        assert found[2] is S.SENT, "an unanswered one is sent again at once"
    else:
        assert found[2] is state
        one = session.get_one(Delivery, (chunk.campaign_id, 3), populate_existing=True)
        assert (one.code, one.reply) == (550 if state is S.FAILED else 451, "as asked")


def test_hold_never_repeats_and_asks_for_a_review(
    session: Session, now: datetime, worker: Delivering
) -> None:
    chunk = chunk_of(session, now, 3, policy=UncertainPolicy.HOLD)
    transport = ScriptedTransport(lambda m: OutcomeKind.LOST if m.key == 2 else OutcomeKind.SENT)
    deliver_chunk(replace(worker, transport=transport), chunk.id)
    assert states(session, chunk.campaign_id) == [S.SENT, S.UNKNOWN, S.SENT]
    assert [m.key for m in transport.taken] == [1, 2, 3]
    session.expire_all()
    assert session.get_one(Campaign, chunk.campaign_id).state is CampaignState.NEEDS_REVIEW


def test_temporary_refusals_end_after_the_last_attempt(
    session: Session, now: datetime, worker: Delivering
) -> None:
    chunk = chunk_of(session, now, 1)
    session.execute(update(Delivery).values(attempt=MAX_ATTEMPTS - 1))
    session.commit()
    transport = ScriptedTransport(lambda _: OutcomeKind.TEMPORARY)
    deliver_chunk(replace(worker, transport=transport), chunk.id)
    assert states(session, chunk.campaign_id) == [S.FAILED]


@pytest.mark.parametrize("policy", list(UncertainPolicy))
def test_what_a_killed_worker_left_is_settled_by_its_journal(
    session: Session, now: datetime, worker: Delivering, policy: UncertainPolicy
) -> None:
    chunk = chunk_of(session, now, 6, policy=policy)

    class DiesAfterTheDot(ScriptedTransport):
        def run(self, source: Source, observer: Observer) -> None:
            for number in (1, 2):
                message = source.next()
                assert isinstance(message, Message)
                observer.about_to_end(message.key)
                if number == 2:
                    raise Killed
                observer.answered(Outcome(key=message.key, kind=OutcomeKind.SENT))

    with pytest.raises(Killed):
        deliver_chunk(replace(worker, transport=DiesAfterTheDot()), chunk.id)
    assert states(session, chunk.campaign_id) == [S.HANDING] * 4 + [S.PENDING] * 2
    let_lease_run_out(session, chunk.id)
    session.commit()
    survivor = ScriptedTransport()
    deliver_chunk(replace(worker, transport=survivor), chunk.id)
    again = [m.key for m in survivor.taken]
    if policy is UncertainPolicy.RESEND:
        assert sorted(again) == [2, 3, 4, 5, 6], "1 was answered, 2 was not, 3 and 4 never left"
        assert states(session, chunk.campaign_id) == [S.SENT] * 6
    else:
        assert sorted(again) == [3, 4, 5, 6]
        assert states(session, chunk.campaign_id)[:2] == [S.SENT, S.UNKNOWN]


def test_pausing_stops_within_one_group_and_nothing_repeats(
    session: Session, now: datetime, worker: Delivering, sessions: sessionmaker[Session]
) -> None:
    chunk = chunk_of(session, now, 12)

    def pause(count: int) -> None:
        if count == 2:
            with sessions.begin() as other:
                other.execute(update(Campaign).values(state=CampaignState.PAUSED))

    first = ScriptedTransport(before=pause)
    deliver_chunk(replace(worker, transport=first), chunk.id)
    assert len(first.taken) == worker.settings.group_size
    session.expire_all()
    assert session.get_one(Chunk, chunk.id).state is ChunkState.OPEN
    session.execute(update(Campaign).values(state=CampaignState.SENDING))
    session.commit()
    second = ScriptedTransport()
    deliver_chunk(replace(worker, transport=second), chunk.id)
    keys = [m.key for m in first.taken + second.taken]
    assert sorted(keys) == list(range(1, 13))


def test_a_stopping_worker_gives_back_what_it_did_not_begin(
    session: Session, now: datetime, worker: Delivering
) -> None:
    chunk = chunk_of(session, now, 8)
    transport = ScriptedTransport()
    stopping = replace(worker, transport=transport, stopping=lambda: len(transport.taken) >= 2)
    deliver_chunk(stopping, chunk.id)
    assert len(transport.taken) == 2
    assert states(session, chunk.campaign_id) == [S.SENT] * 2 + [S.PENDING] * 6
    attempts = session.scalars(select(Delivery.attempt).order_by(Delivery.ordinal)).all()
    assert attempts == [1, 1] + [0] * 6


def test_an_unreachable_relay_costs_no_attempt_and_opens_the_breaker(
    session: Session, now: datetime, worker: Delivering
) -> None:
    chunk = chunk_of(session, now, 3)
    away = replace(worker, transport=Unreachable())
    deliver_chunk(away, chunk.id)
    assert states(session, chunk.campaign_id) == [S.PENDING] * 3
    assert worker.breaker.open
    session.expire_all()
    waiting = session.get_one(Chunk, chunk.id)
    assert waiting.state is ChunkState.OPEN
    transport = ScriptedTransport()
    deliver_chunk(replace(worker, transport=transport), chunk.id)
    assert transport.taken == [], "an open breaker leaves the chunk alone"
    campaign = session.get_one(Campaign, chunk.campaign_id)
    assert campaign.trouble == "nobody listens", "the editors see why nothing moves"
    session.execute(update(Chunk).where(Chunk.id == chunk.id).values(due_at=now))
    session.commit()
    deliver_chunk(replace(worker, transport=transport, breaker=Breaker()), chunk.id)
    session.expire_all()
    assert (campaign.state, campaign.trouble) == (CampaignState.FINISHED, "")


def test_values_that_cannot_be_written_fail_one_delivery(
    session: Session, now: datetime, worker: Delivering
) -> None:
    chunk = chunk_of(session, now, 3)
    second = session.get_one(Delivery, (chunk.campaign_id, 2)).subscriber_id
    session.execute(
        update(Subscriber)
        .where(Subscriber.id == second)
        .values(email="x@example.org>\r\nBcc: all@example.org")
    )
    session.commit()
    transport = ScriptedTransport()
    deliver_chunk(replace(worker, transport=transport), chunk.id)
    assert states(session, chunk.campaign_id) == [S.SENT, S.FAILED, S.SENT]
    assert all(b"Bcc" not in m.data for m in transport.taken)


def test_a_limited_domain_waits_and_the_others_do_not(
    session: Session, now: datetime, worker: Delivering, redis_url: str
) -> None:
    Redis.from_url(redis_url).flushall()
    chunk = chunk_of(session, now, 8)
    many = select(Delivery.subscriber_id).where(
        Delivery.campaign_id == chunk.campaign_id, Delivery.ordinal > 4
    )
    session.execute(
        update(Subscriber)
        .where(Subscriber.id.in_(many))
        .values(email=cast(Subscriber.id, String).concat("@Big.example"))
    )
    session.commit()
    limited = worker.settings.with_(send_per_domain=(("big.example", 5),))
    transport = ScriptedTransport()
    deliver_chunk(replace(worker, transport=transport, throttle=Throttle(limited)), chunk.id)
    assert [m.key for m in transport.taken] == [1, 2, 3, 4, 5]
    assert states(session, chunk.campaign_id) == [S.SENT] * 5 + [S.DEFERRED] * 3
    attempts = session.scalars(select(Delivery.attempt).order_by(Delivery.ordinal)).all()
    assert attempts == [1] * 5 + [0] * 3, "being held back is no attempt"
    session.expire_all()
    assert session.get_one(Chunk, chunk.id).deferred == 3


def test_a_long_wait_for_the_throttle_hands_the_chunk_back_for_that_long(
    session: Session, now: datetime, worker: Delivering, redis_url: str
) -> None:
    Redis.from_url(redis_url).flushall()
    chunk = chunk_of(session, now, 3)
    slow = Throttle(worker.settings.with_(send_per_day=20))
    transport = ScriptedTransport()
    deliver_chunk(replace(worker, transport=transport, throttle=slow), chunk.id)
    assert len(transport.taken) == 1, "one token lies ready, the next comes in more than an hour"
    session.expire_all()
    waiting = session.get_one(Chunk, chunk.id)
    assert waiting.state is ChunkState.OPEN
    rest = waiting.due_at - session.execute(text("select clock_timestamp()")).scalar_one()
    assert rest.total_seconds() > 3_600


def refused_readers(
    session: Session, now: datetime, worker: Delivering, *, reply: str, refused: int, of: int
) -> int:
    """How many readers are suppressed after the first `refused` of a chunk were."""
    chunk = chunk_of(session, now, of)

    def answer(message: Message) -> OutcomeKind:
        return OutcomeKind.PERMANENT if message.key <= refused else OutcomeKind.SENT

    transport = ScriptedTransport(answer=answer, reply=reply)
    for _ in range(2):
        deliver_chunk(replace(worker, transport=transport), chunk.id)
    session.expire_all()
    assert states(session, chunk.campaign_id) == [S.FAILED] * refused + [S.SENT] * (of - refused)
    return session.query(Subscriber).filter_by(state=SubscriberState.SUPPRESSED).count()


@pytest.mark.parametrize(
    ("reply", "refused", "of", "suppressed"),
    [
        ("550 5.1.1 User unknown", 2, 10, 2),
        ("550 5.1.1 User unknown", 1, 1, 1),
        ("552 5.2.2 Mailbox full", 2, 10, 0),
        ("554 5.7.1 Relay access denied", 2, 10, 0),
        ("550 5.1.1 User unknown", 8, 10, 0),  # the server has a trouble of its own
    ],
)
def test_a_dead_address_that_is_refused_at_once_is_not_written_to_again(
    session: Session,
    now: datetime,
    worker: Delivering,
    reply: str,
    refused: int,
    of: int,
    suppressed: int,
) -> None:
    found = refused_readers(session, now, worker, reply=reply, refused=refused, of=of)
    assert found == suppressed
