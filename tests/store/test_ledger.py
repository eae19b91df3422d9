from datetime import datetime

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.delivery import ChunkState, DeliveryState
from app.domain.subscription import SubscriberState
from app.store.leases import LeaseLost, close_chunk, finish_campaign
from app.store.ledger import Result, hand_group, record_group, uncertain_ordinals
from app.store.tables import Campaign, Subscriber
from tests.store.ledger_rows import add_campaign, lease, let_lease_run_out, states

S = DeliveryState


def sent(*ordinals: int) -> list[Result]:
    return [Result(ordinal=ordinal, state=S.SENT) for ordinal in ordinals]


def test_a_chunk_is_handed_out_in_groups_and_done(session: Session, now: datetime) -> None:
    chunk = add_campaign(session, now, readers=5)
    held = lease(session, chunk.id)
    assert held is not None
    assert held.broken_journal is None
    first = hand_group(session, held, size=3)
    assert [(one.ordinal, one.attempt) for one in first] == [(1, 1), (2, 1), (3, 1)]
    assert states(session, held.campaign_id) == [S.HANDING] * 3 + [S.PENDING] * 2
    record_group(session, held, sent(1, 2, 3), lease=60)
    assert [one.ordinal for one in hand_group(session, held, size=3)] == [4, 5]
    record_group(session, held, sent(4, 5), lease=60)
    assert hand_group(session, held, size=3) == []
    assert not finish_campaign(session, held.campaign_id)
    assert close_chunk(session, held)
    assert states(session, held.campaign_id) == [S.SENT] * 5
    session.refresh(chunk)
    assert (chunk.state, chunk.sent) == (ChunkState.DONE, 5)
    assert finish_campaign(session, held.campaign_id)
    assert not finish_campaign(session, held.campaign_id)
    assert session.get_one(Campaign, held.campaign_id).state is CampaignState.FINISHED


def test_every_kind_of_result_is_kept_and_counted(session: Session, now: datetime) -> None:
    chunk = add_campaign(session, now, readers=5)
    held = lease(session, chunk.id)
    assert held is not None
    hand_group(session, held, size=5)
    record_group(
        session,
        held,
        [
            Result(ordinal=1, state=S.SENT),
            Result(ordinal=2, state=S.FAILED, code=550, reply="no such user"),
            Result(ordinal=3, state=S.DEFERRED, code=451, reply="later", retry_in=3600.0),
            Result(ordinal=4, state=S.UNKNOWN),
            Result(ordinal=5, state=S.PENDING, free=True),
        ],
        lease=60,
    )
    assert states(session, held.campaign_id) == [
        S.SENT,
        S.FAILED,
        S.DEFERRED,
        S.UNKNOWN,
        S.PENDING,
    ]
    session.refresh(chunk)
    assert (chunk.sent, chunk.failed, chunk.deferred, chunk.unknown) == (1, 1, 1, 1)
    again = hand_group(session, held, size=5)
    assert [(one.ordinal, one.attempt) for one in again] == [(5, 1)], "an unsent one is free"
    record_group(session, held, sent(5), lease=60)
    assert not close_chunk(session, held)
    session.refresh(chunk)
    assert chunk.state is ChunkState.OPEN
    wait = (chunk.due_at - session.execute(text("select clock_timestamp()")).scalar_one()).seconds
    assert 3500 < wait <= 3600
    assert lease(session, chunk.id) is None, "not due before the retry"


def test_a_deferred_delivery_is_handed_again_when_due(session: Session, now: datetime) -> None:
    chunk = add_campaign(session, now, readers=1)
    held = lease(session, chunk.id)
    assert held is not None
    hand_group(session, held, size=1)
    later = Result(ordinal=1, state=S.DEFERRED, code=451, reply="later", retry_in=-1.0)
    record_group(session, held, [later], lease=60)
    assert not close_chunk(session, held)
    held = lease(session, chunk.id)
    assert held is not None
    assert [one.attempt for one in hand_group(session, held, size=1)] == [2]
    record_group(session, held, sent(1), lease=60)
    assert close_chunk(session, held)
    session.refresh(chunk)
    assert (chunk.sent, chunk.deferred) == (1, 0)


def test_who_left_meanwhile_is_skipped_in_the_same_statement(
    session: Session, now: datetime
) -> None:
    chunk = add_campaign(session, now, readers=3)
    held = lease(session, chunk.id)
    assert held is not None
    session.execute(
        update(Subscriber)
        .where(Subscriber.id.in_(text("select subscriber_id from delivery where ordinal <= 2")))
        .values(state=SubscriberState.UNSUBSCRIBED)
    )
    assert [one.ordinal for one in hand_group(session, held, size=2)] == [3]
    session.refresh(chunk)
    assert chunk.skipped == 2


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED])
def test_nothing_is_handed_out_of_a_campaign_that_does_not_send(
    session: Session, now: datetime, state: CampaignState
) -> None:
    chunk = add_campaign(session, now, readers=2)
    held = lease(session, chunk.id)
    assert held is not None
    session.execute(update(Campaign).where(Campaign.id == held.campaign_id).values(state=state))
    assert hand_group(session, held, size=2) == []
    assert not close_chunk(session, held), "what is pending waits for the campaign to go on"
    assert lease(session, chunk.id) is None


def test_a_held_chunk_is_leased_to_nobody_else(session: Session, now: datetime) -> None:
    chunk = add_campaign(session, now, readers=1)
    assert lease(session, chunk.id)
    assert lease(session, chunk.id) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_old_token_writes_nothing(
    session: Session, now: datetime
) -> None:
    chunk = add_campaign(session, now, readers=2)
    old = lease(session, chunk.id)
    assert old is not None
    hand_group(session, old, size=2)
    let_lease_run_out(session, chunk.id)
    new = lease(session, chunk.id)
    assert new is not None
    assert new.broken_journal == "here.1.journal"
    assert uncertain_ordinals(session, new) == [1, 2]
    with pytest.raises(LeaseLost):
        record_group(session, old, sent(1, 2), lease=60)
    assert states(session, new.campaign_id) == [S.HANDING] * 2


def test_another_machine_waits_for_the_grace(session: Session, now: datetime) -> None:
    chunk = add_campaign(session, now, readers=1)
    assert lease(session, chunk.id, host="there.")
    let_lease_run_out(session, chunk.id, seconds_ago=60)
    assert lease(session, chunk.id) is None
    let_lease_run_out(session, chunk.id, seconds_ago=121)
    assert lease(session, chunk.id)


def test_a_campaign_with_uncertain_deliveries_needs_review(session: Session, now: datetime) -> None:
    chunk = add_campaign(session, now, readers=1)
    held = lease(session, chunk.id)
    assert held is not None
    hand_group(session, held, size=1)
    record_group(session, held, [Result(ordinal=1, state=S.UNKNOWN)], lease=60)
    assert close_chunk(session, held)
    assert finish_campaign(session, held.campaign_id)
    assert session.get_one(Campaign, held.campaign_id).state is CampaignState.NEEDS_REVIEW
