"""A small campaign in the ledger, for the tests of its statements."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.subscription import Cadence, SubscriberState
from app.store.leases import LeasedChunk, lease_chunk
from app.store.tables import Campaign, Chunk, Delivery, Subscriber, Variant

HOST = "here."


def add_readers(session: Session, count: int, now: datetime) -> list[int]:
    readers = [
        Subscriber(
            email=f"reader{number}-{uuid4().hex[:6]}@example.org",
            email_key=f"reader{number}-{uuid4().hex}@example.org",
            state=SubscriberState.ACTIVE,
            cadence=Cadence.DAILY,
            created_at=now,
        )
        for number in range(count)
    ]
    session.add_all(readers)
    session.flush()
    return [reader.id for reader in readers]


def add_campaign(
    session: Session,
    now: datetime,
    *,
    readers: int,
    policy: UncertainPolicy = UncertainPolicy.RESEND,
) -> Chunk:
    """A campaign that is sending, with one chunk of `readers` pending deliveries."""
    campaign = Campaign(
        kind=CampaignKind.ANNOUNCEMENT,
        state=CampaignState.SENDING,
        policy=policy,
        created_at=now,
        audience=readers,
    )
    session.add(campaign)
    session.flush()
    variant = Variant(
        campaign_id=campaign.id, article_ids=[], subject="s", html="h", text="t", created_at=now
    )
    session.add(variant)
    session.flush()
    chunk = Chunk(
        campaign_id=campaign.id,
        variant_id=variant.id,
        first=1,
        last=readers,
        date_at=now,
        due_at=now,
    )
    session.add(chunk)
    for ordinal, reader in enumerate(add_readers(session, readers, now), 1):
        session.add(Delivery(campaign_id=campaign.id, ordinal=ordinal, subscriber_id=reader))
    session.flush()
    return chunk


def lease(session: Session, chunk_id: int, *, host: str = HOST) -> LeasedChunk | None:
    return lease_chunk(
        session,
        chunk_id,
        token=uuid4(),
        journal=f"{host}1.journal",
        host=host,
        lease=60,
        grace=120,
    )


def let_lease_run_out(session: Session, chunk_id: int, *, seconds_ago: int = 1) -> None:
    session.execute(
        text(
            "update chunk set leased_until = clock_timestamp() - make_interval(secs => :ago)"
            " where id = :id"
        ),
        {"ago": seconds_ago, "id": chunk_id},
    )


def states(session: Session, campaign_id: int) -> list[DeliveryState]:
    return list(
        session.scalars(
            select(Delivery.state)
            .where(Delivery.campaign_id == campaign_id)
            .order_by(Delivery.ordinal)
            .execution_options(populate_existing=True)
        )
    )
