"""Decisions about deliveries whose answer was lost: the ledger and its counts stay together."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignConflict, CampaignState, UncertainPolicy
from app.domain.delivery import ChunkState, Decision, DeliveryState
from app.store.ledger import hand_group
from app.store.tables import Campaign, Chunk, Delivery
from app.usecases.decide_uncertain import DecidedAlready, decide_uncertain
from tests.store.ledger_rows import add_campaign, lease, states

S = DeliveryState


@pytest.fixture
def chunk(session: Session, now: datetime) -> Chunk:
    """Six readers: three have it, one refused it, of two nobody knows."""
    chunk = add_campaign(session, now, readers=6, policy=UncertainPolicy.HOLD)
    campaign = session.get_one(Campaign, chunk.campaign_id)
    campaign.state, campaign.finished_at = CampaignState.NEEDS_REVIEW, now
    outcomes = (S.SENT, S.UNKNOWN, S.SENT, S.FAILED, S.UNKNOWN, S.SENT)
    for ordinal, state in enumerate(outcomes, 1):
        delivery = session.get_one(Delivery, (campaign.id, ordinal))
        delivery.state, delivery.attempt = state, 1
    chunk.state, chunk.sent, chunk.failed, chunk.unknown = ChunkState.DONE, 3, 1, 2
    session.flush()
    return chunk


def counts(session: Session, chunk: Chunk) -> tuple[ChunkState, int, int, int]:
    session.refresh(chunk)
    return chunk.state, chunk.sent, chunk.failed, chunk.unknown


def state_of(session: Session, chunk: Chunk) -> CampaignState:
    session.expire_all()
    return session.get_one(Campaign, chunk.campaign_id).state


def test_all_are_sent_again_and_nobody_else(session: Session, chunk: Chunk) -> None:
    decided = decide_uncertain(session, campaign_id=chunk.campaign_id, decision=Decision.AGAIN)
    assert decided == 2
    assert states(session, chunk.campaign_id) == [
        *(S.SENT, S.PENDING, S.SENT, S.FAILED, S.PENDING, S.SENT)
    ]
    assert counts(session, chunk) == (ChunkState.OPEN, 3, 1, 0)
    assert state_of(session, chunk) is CampaignState.SENDING
    leased = lease(session, chunk.id)
    assert leased is not None
    handed = hand_group(session, leased, size=10)
    assert [(one.ordinal, one.attempt) for one in handed] == [(2, 2), (5, 2)]


def test_all_are_left_as_sent_and_the_campaign_is_finished(
    session: Session, chunk: Chunk, now: datetime
) -> None:
    decided = decide_uncertain(session, campaign_id=chunk.campaign_id, decision=Decision.LEAVE)
    assert decided == 2
    assert states(session, chunk.campaign_id).count(S.SENT) == 5
    assert counts(session, chunk) == (ChunkState.DONE, 5, 1, 0)
    assert state_of(session, chunk) is CampaignState.FINISHED
    assert session.get_one(Campaign, chunk.campaign_id).finished_at == now


def test_one_by_one(session: Session, chunk: Chunk) -> None:
    campaign_id = chunk.campaign_id
    leave = Decision.LEAVE
    assert decide_uncertain(session, campaign_id=campaign_id, decision=leave, ordinal=5) == 1
    assert state_of(session, chunk) is CampaignState.NEEDS_REVIEW
    assert counts(session, chunk) == (ChunkState.DONE, 4, 1, 1)
    again = Decision.AGAIN
    assert decide_uncertain(session, campaign_id=campaign_id, decision=again, ordinal=2) == 1
    assert state_of(session, chunk) is CampaignState.SENDING
    assert states(session, campaign_id)[1] is S.PENDING


def test_what_is_decided_is_not_decided_again(session: Session, chunk: Chunk) -> None:
    campaign_id = chunk.campaign_id
    decide_uncertain(session, campaign_id=campaign_id, decision=Decision.LEAVE, ordinal=5)
    with pytest.raises(DecidedAlready):
        decide_uncertain(session, campaign_id=campaign_id, decision=Decision.AGAIN, ordinal=5)
    with pytest.raises(DecidedAlready):
        decide_uncertain(session, campaign_id=campaign_id, decision=Decision.AGAIN, ordinal=1)
    decide_uncertain(session, campaign_id=campaign_id, decision=Decision.LEAVE)
    with pytest.raises(CampaignConflict):
        decide_uncertain(session, campaign_id=campaign_id, decision=Decision.AGAIN)


@pytest.mark.parametrize(
    "state", [CampaignState.SENDING, CampaignState.PAUSED, CampaignState.CANCELLED]
)
def test_nothing_is_decided_while_workers_may_hold_it_or_after_its_end(
    session: Session, chunk: Chunk, state: CampaignState
) -> None:
    session.execute(
        text("update campaign set state = :state where id = :id"),
        {"state": state.value, "id": chunk.campaign_id},
    )
    with pytest.raises(CampaignConflict):
        decide_uncertain(session, campaign_id=chunk.campaign_id, decision=Decision.AGAIN)
    assert states(session, chunk.campaign_id).count(S.UNKNOWN) == 2


def test_what_is_finished_keeps_its_counts(session: Session, chunk: Chunk) -> None:
    decide_uncertain(session, campaign_id=chunk.campaign_id, decision=Decision.LEAVE)
    session.expire_all()
    campaign = session.get_one(Campaign, chunk.campaign_id)
    assert (campaign.sent, campaign.failed) == (5, 1)
