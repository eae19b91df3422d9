"""Suppressions: kept as HMACs, believed under earlier keys, noted once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.subscription import ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import Suppression
from app.usecases.suppress import SuppressionReason, is_suppressed, suppress_address
from tests.usecases.readers import add_reader, kinds


def test_a_suppression_holds_no_address_and_survives_a_new_key(
    session: Session, settings: Settings, now: datetime
) -> None:
    links = Links(settings)
    suppress_address(
        session, links, now=now, email_key="a@example.org", reason=SuppressionReason.ERASED
    )
    (kept,) = session.scalars(select(Suppression))
    assert (len(kept.address_hmac), kept.reason) == (32, "erased")
    rotated = Links(
        settings.with_(
            secret_key="another key that is long enough",
            secret_key_fallbacks=(settings.secret_key,),
        )
    )
    assert is_suppressed(session, rotated, "a@example.org")
    assert not is_suppressed(session, rotated, "b@example.org")


def test_the_reader_is_suppressed_once_and_the_first_reason_stays(
    session: Session, settings: Settings, now: datetime
) -> None:
    links = Links(settings)
    reader = add_reader(session, now)
    for hours, reason in ((1, SuppressionReason.BOUNCED), (2, SuppressionReason.COMPLAINED)):
        at = now + timedelta(hours=hours)
        suppress_address(session, links, now=at, email_key=reader.email_key, reason=reason)
    assert (reader.state, reader.left_at) == (
        SubscriberState.SUPPRESSED,
        now + timedelta(hours=1),
    )
    assert kinds(session, reader) == [ConsentKind.SUPPRESSED]
    assert session.scalars(select(Suppression.reason)).all() == ["bounced"]
