from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.segment import EVERYBODY, Engagement, Match, Segment
from app.domain.subscription import Cadence, SubscriberState
from app.store.reader_counts import count_exactly
from app.store.segments import condition
from app.store.tables import Campaign, Delivery, Subscriber
from tests.usecases.readers import add_reader

ZONE = ZoneInfo("Asia/Beirut")


@pytest.fixture
def readers(session: Session, now: datetime) -> dict[str, Subscriber]:
    session.execute(text("delete from subscriber"))

    def add(name: str, **values: Any) -> Subscriber:
        return add_reader(session, now, f"{name}@{values.pop('at', 'example.org')}", **values)

    return {
        "all": add("all", at="mail.example"),
        "one": add("one", topic_mask=0b01, cadence=Cadence.WEEKLY, timezone="Asia/Riyadh"),
        "two": add("two", topic_mask=0b11, language="en"),
        "old": add("old", topic_mask=0b100, created_at=now - timedelta(days=100)),
        "gone": add("gone", state=SubscriberState.UNSUBSCRIBED, topic_mask=0b10),
        "under_score": add("under_score", paused_until=now + timedelta(days=3), topic_mask=0b100),
    }


def meant(session: Session, now: datetime, **parts: Any) -> set[str]:
    where, values = condition(Segment(**parts), now=now, zone=ZONE)
    rows = session.execute(text(f"select email from subscriber s where {where}"), values)
    return {email.partition("@")[0] for (email,) in rows}


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ({}, "all one two old gone under_score"),
        ({"topics": 0b11}, "all one two gone"),
        ({"topics": 0b11, "match": Match.ALL}, "all two"),
        ({"cadences": (Cadence.WEEKLY,)}, "one"),
        ({"states": (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED)}, "gone"),
        ({"zones": ("", "Asia/Riyadh"), "languages": ("en",)}, "two"),
        ({"zones": ("Asia/Riyadh",)}, "one"),
        ({"domains": ("mail.example",)}, "all"),
        ({"engagement": Engagement.NEW, "engaged_days": 30, "topics": 0b100}, "all under_score"),
        ({"address": "O"}, "one old"),
        ({"address": "under_"}, "under_score"),
        ({"address": "%"}, ""),
    ],
)
def test_a_segment_means_these_readers(
    session: Session,
    now: datetime,
    readers: dict[str, Subscriber],
    parts: dict[str, Any],
    names: str,
) -> None:
    assert meant(session, now, **parts) == set(names.split())


def test_days_of_joining_are_days_of_the_site(session: Session, now: datetime) -> None:
    session.execute(text("delete from subscriber"))
    for name, joined in (("before", "21:59"), ("after", "22:00")):  # Beirut is at +2 in winter
        add_reader(
            session,
            now,
            f"{name}@example.org",
            created_at=datetime.fromisoformat(f"2025-01-14T{joined}:00+00:00"),
        )
    assert meant(session, now, joined_from=date(2025, 1, 15)) == {"after"}
    assert meant(session, now, joined_to=date(2025, 1, 14)) == {"before"}


def test_who_was_served_or_refused_lately(
    session: Session, now: datetime, readers: dict[str, Subscriber]
) -> None:
    def campaign(age: int) -> int:
        made = Campaign(
            kind=CampaignKind.ANNOUNCEMENT,
            state=CampaignState.FINISHED,
            policy=UncertainPolicy.RESEND,
            created_at=now,
            started_at=now - timedelta(days=age),
            finished_at=now - timedelta(days=age),
        )
        session.add(made)
        session.flush()
        return made.id

    def deliver(campaign_id: int, name: str, state: DeliveryState, age: int) -> None:
        session.add(
            Delivery(
                campaign_id=campaign_id,
                ordinal=readers[name].id,
                subscriber_id=readers[name].id,
                state=state,
                at=now - timedelta(days=age),
            )
        )
        session.flush()

    lately, long_ago = campaign(5), campaign(50)
    deliver(lately, "all", DeliveryState.SENT, 5)
    deliver(lately, "one", DeliveryState.FAILED, 5)
    deliver(long_ago, "two", DeliveryState.SENT, 50)

    def asked(engagement: Engagement, days: int = 30) -> set[str]:
        return meant(session, now, engagement=engagement, engaged_days=days)

    assert asked(Engagement.SERVED) == {"all"}
    assert asked(Engagement.SERVED, 60) == {"all", "two"}
    assert asked(Engagement.REFUSED) == {"one"}
    assert asked(Engagement.UNSERVED) == set(readers) - {"all"}


def test_counting_those_who_can_be_written_to(
    session: Session, now: datetime, readers: dict[str, Subscriber]
) -> None:
    assert count_exactly(session, EVERYBODY, now=now, zone=ZONE) == 6
    assert count_exactly(session, EVERYBODY, now=now, zone=ZONE, sendable=True) == 4
