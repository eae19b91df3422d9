"""Two subjects tried on a share of the readers, and the better one for all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignConflict, CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import ChunkState
from app.domain.edition import Design
from app.domain.subject_test import Letter
from app.store.leases import finish_campaign, lease_chunk
from app.store.tables import (
    Campaign,
    CampaignLink,
    Chunk,
    Delivery,
    Edition,
    LinkClicks,
    SubjectTest,
    Variant,
)
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.decide_subject import SubjectDecided, decide_due_tests, decide_subject
from app.usecases.draft_campaign import duplicate_campaign, save_look, start_draft
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import cancel_campaign, pause_campaign, request_send
from app.usecases.schedule_morning import schedule_morning
from app.usecases.try_subjects import SecondSubject, second_subject
from tests.usecases.newsroom import Newsroom

A, B = "العنوان الأول", "العنوان الثاني"
Launch = Callable[..., Campaign]


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


def draft(session: Session, now: datetime, kind: CampaignKind, article: int | None = None) -> int:
    return start_draft(session, now=now, language="ar", kind=kind, article_id=article).id


def look(session: Session, campaign_id: int, version: int = 1, **values: Any) -> None:
    given: dict[str, Any] = {"design": Design.MORNING, "subject": A, **values}
    save_look(
        session,
        campaign_id=campaign_id,
        version=version,
        preheader="",
        language="ar",
        policy=UncertainPolicy.RESEND,
        public=True,
        **given,
    )


@pytest.fixture
def launch(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    newsroom: Newsroom,
) -> Launch:
    """A campaign of 40 readers that tries two subjects on a fifth of them."""

    def run(kind: CampaignKind = CampaignKind.SELECTION) -> Campaign:
        article = newsroom.article("خبر", "politics")
        newsroom.article("خبر رياضي", "sport")
        for number in range(40):
            newsroom.reader(f"r{number}", *(("sport",) if number % 4 == 0 else ()))
        number = draft(session, now, kind, article)
        look(session, number, second=SecondSubject(subject=B, share=20, hours=2))
        request_send(session, now=now, campaign_id=number)
        session.commit()
        prepare_campaign(sessions, settings, now=now, campaign_id=number)
        session.expire_all()
        return session.get_one(Campaign, number)

    return run


def groups(session: Session, campaign: Campaign) -> Counter[tuple[str, ChunkState]]:
    """Readers by the letter of what they get and the state of their chunk."""
    rows = session.execute(
        select(Variant.letter, Chunk.state, Chunk.first, Chunk.last)
        .join(Variant, Variant.id == Chunk.variant_id)
        .where(Chunk.campaign_id == campaign.id)
    )
    counts: Counter[tuple[str, ChunkState]] = Counter()
    for letter, state, first, last in rows:
        counts[letter, state] += last - first + 1
    return counts


def come_to(session: Session, campaign: Campaign, letter: str, *, sent: int, clicks: int) -> None:
    """What the workers and the readers made of one subject."""
    chunk = session.scalars(
        select(Chunk)
        .join(Variant, Variant.id == Chunk.variant_id)
        .where(
            Chunk.campaign_id == campaign.id,
            Chunk.state != ChunkState.HELD,
            Variant.letter == letter,
        )
        .limit(1)
    ).one()
    chunk.sent = sent
    link = select(CampaignLink.id).where(
        CampaignLink.campaign_id == campaign.id, CampaignLink.letter == letter
    )
    number = session.scalars(link.limit(1)).one()
    hour = campaign.created_at.replace(minute=0)
    session.add(LinkClicks(link_id=number, hour=hour, people=clicks, machines=9))
    session.commit()


def decide(sessions: sessionmaker[Session], session: Session, *, now: datetime) -> None:
    session.commit()
    decide_due_tests(sessions, now=now)
    session.expire_all()


@pytest.mark.parametrize("kind", [CampaignKind.SELECTION, CampaignKind.DIGEST])
def test_a_fifth_is_tried_on_and_the_others_wait(
    session: Session, launch: Launch, now: datetime, kind: CampaignKind
) -> None:
    campaign = launch(kind)
    assert (campaign.state, campaign.audience) == (CampaignState.SENDING, 40)
    assert groups(session, campaign) == {
        ("a", ChunkState.OPEN): 4,
        ("b", ChunkState.OPEN): 4,
        ("a", ChunkState.HELD): 32,
    }
    variants = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)).all()
    for variant in variants:
        assert (A if variant.letter == "a" else B) in variant.subject
    assert session.get_one(SubjectTest, campaign.id).decide_at == now + timedelta(hours=2)
    for chunk in session.scalars(select(Chunk).where(Chunk.state == ChunkState.HELD)):
        held = lease_chunk(
            session, chunk.id, token=uuid4(), journal="j", host="h", lease=60, grace=0
        )
        assert held is None, "nobody sends what waits for its subject"
    session.execute(
        update(Chunk).where(Chunk.state == ChunkState.OPEN).values(state=ChunkState.DONE)
    )
    assert not finish_campaign(session, campaign.id), "the others still wait"


def test_the_lot_is_the_same_whenever_it_is_drawn(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    launch: Launch,
) -> None:
    campaign = launch()
    order = select(Delivery.subscriber_id).where(Delivery.campaign_id == campaign.id)
    first = session.scalars(order.order_by(Delivery.ordinal)).all()
    for table in (Chunk, Delivery, Variant, CampaignLink, Edition):
        rows = session.query(table).filter_by(campaign_id=campaign.id)  # type: ignore[attr-defined]
        rows.delete(synchronize_session=False)
    campaign.state, campaign.prepared_at = CampaignState.PREPARING, None
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
    assert session.scalars(order.order_by(Delivery.ordinal)).all() == first


def test_the_better_subject_goes_to_all_others_when_its_time_has_come(
    session: Session, sessions: sessionmaker[Session], launch: Launch, now: datetime
) -> None:
    campaign = launch(CampaignKind.DIGEST)
    come_to(session, campaign, "a", sent=4, clicks=1)
    come_to(session, campaign, "b", sent=4, clicks=2)
    decide(sessions, session, now=now + timedelta(minutes=119))
    assert session.get_one(SubjectTest, campaign.id).winner == ""
    later = now + timedelta(hours=2)
    for _ in range(2):
        decide(sessions, session, now=later)
    test = session.get_one(SubjectTest, campaign.id)
    assert (test.winner, test.decided_at, test.decided_by) == ("b", later, None)
    assert test.numbers == {"a": {"sent": 4, "clicks": 1}, "b": {"sent": 4, "clicks": 2}}
    assert groups(session, campaign) == {("a", ChunkState.OPEN): 4, ("b", ChunkState.OPEN): 36}
    lists = session.execute(
        select(Variant.article_ids, Chunk.last - Chunk.first + 1)
        .join(Chunk, Chunk.variant_id == Variant.id)
        .where(Chunk.campaign_id == campaign.id, Chunk.due_at == later)
    ).all()
    assert sorted(len(ids) for ids, _ in lists) == [1, 2], "each still gets their own list"
    assert sum(readers for _, readers in lists) == 32
    edition = session.scalars(select(Edition).where(Edition.campaign_id == campaign.id)).one()
    assert edition.title == B


def test_without_clicks_the_first_subject_stays(
    session: Session, sessions: sessionmaker[Session], launch: Launch, now: datetime
) -> None:
    campaign = launch()
    decide(sessions, session, now=now + timedelta(hours=2))
    assert session.get_one(SubjectTest, campaign.id).winner == "a"
    assert groups(session, campaign) == {("a", ChunkState.OPEN): 36, ("b", ChunkState.OPEN): 4}


def test_an_editor_may_decide_first_and_only_once(
    session: Session, sessions: sessionmaker[Session], launch: Launch, now: datetime
) -> None:
    campaign = launch()
    come_to(session, campaign, "a", sent=4, clicks=3)
    decide_subject(session, now=now, campaign_id=campaign.id, letter=Letter.B)
    with pytest.raises(SubjectDecided):
        decide_subject(session, now=now, campaign_id=campaign.id, letter=Letter.A)
    decide(sessions, session, now=now + timedelta(hours=2))
    assert session.get_one(SubjectTest, campaign.id).winner == "b"
    assert groups(session, campaign)["b", ChunkState.OPEN] == 36


def test_what_is_paused_waits_and_what_is_cancelled_is_not_decided(
    session: Session, sessions: sessionmaker[Session], launch: Launch, now: datetime
) -> None:
    campaign = launch()
    pause_campaign(session, campaign_id=campaign.id)
    decide(sessions, session, now=now + timedelta(hours=3))
    assert session.get_one(SubjectTest, campaign.id).winner == ""
    cancel_campaign(session, now=now, campaign_id=campaign.id)
    with pytest.raises(CampaignConflict):
        decide_subject(session, now=now, campaign_id=campaign.id, letter=Letter.B)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"subject": ""}, "needs_first_subject"),
        ({"subject": B}, "same_subject"),
        ({"second": SecondSubject(subject=B, share=99)}, "bad_test"),
        ({"second": SecondSubject(subject=B, hours=0)}, "bad_test"),
        ({"second": SecondSubject(subject="س" * 201)}, "subject_too_long"),
        ({"second": SecondSubject(subject="س\nع")}, "subject_lines"),
    ],
)
def test_a_test_that_cannot_be_is_refused(
    session: Session, now: datetime, values: dict[str, Any], code: str
) -> None:
    number = draft(session, now, CampaignKind.DIGEST)
    with pytest.raises(InvalidCampaign, match=code):
        look(session, number, **({"second": SecondSubject(subject=B)} | values))


def test_a_test_is_kept_changed_doubled_and_dropped(session: Session, now: datetime) -> None:
    number = draft(session, now, CampaignKind.DIGEST)
    look(session, number, second=SecondSubject(subject=f" {B} "))
    look(session, number, 2, second=SecondSubject(subject=B, share=50, hours=24))
    kept = SecondSubject(subject=B, share=50, hours=24)
    assert second_subject(session, number) == kept
    double = duplicate_campaign(session, now=now, campaign_id=number)
    assert second_subject(session, double.id) == kept
    with pytest.raises(InvalidCampaign, match="test_in_the_morning"):
        schedule_morning(
            session,
            now=now,
            campaign_id=number,
            day=date(2025, 1, 25),
            local_time=time(7),
            site_zone="Asia/Beirut",
        )
    look(session, number, 3, second=SecondSubject())
    assert second_subject(session, number) == SecondSubject()
