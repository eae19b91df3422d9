"""What a chunk's refusals tell of its readers: who was refused at once because the address is dead
is not written to again, as if it had bounced later."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.bounce import BounceKind, Failure, judge_failure
from app.domain.delivery import DeliveryState
from app.domain.subscription import SubscriberState
from app.links import Links
from app.mail.reports.delivery_status import best_status
from app.store.tables import Chunk, Delivery, Subscriber
from app.usecases.suppress import SuppressionReason, suppress_address

log = structlog.get_logger()

_FEW = 5
"""So many refusals are believed, whatever their share of a chunk."""


def suppress_refused(
    session: Session, links: Links, *, chunk_id: int, refused: Mapping[int, str]
) -> int:
    """Suppresses the readers of these ordinals whose address is dead by the mail server's reply,
    and returns how many. A server that refuses most of a chunk has a trouble of its own: then
    nobody is. May be repeated."""
    dead = [ordinal for ordinal, reply in refused.items() if _is_dead(reply)]
    if not dead:
        return 0
    chunk = session.get_one(Chunk, chunk_id, populate_existing=True)
    if len(dead) > _FEW and chunk.failed > chunk.sent:
        log.warning("refusals_not_believed", chunk=chunk_id, refused=chunk.failed)
        return 0
    now = session.scalar(select(func.clock_timestamp()))
    assert now is not None
    keys = session.scalars(
        select(Subscriber.email_key)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(
            Delivery.campaign_id == chunk.campaign_id,
            Delivery.ordinal.in_(dead),
            Delivery.state == DeliveryState.FAILED,
            Subscriber.state == SubscriberState.ACTIVE,
        )
        .order_by(Subscriber.id)
    ).all()
    for key in keys:
        suppress_address(
            session,
            links,
            now=now,
            email_key=key,
            reason=SuppressionReason.BOUNCED,
            campaign_id=chunk.campaign_id,
        )
    return len(keys)


def _is_dead(reply: str) -> bool:
    failure = Failure(status=best_status("", reply), words=reply)
    return judge_failure(failure) is BounceKind.HARD
