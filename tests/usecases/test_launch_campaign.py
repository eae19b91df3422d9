from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState, SkipReason
from app.domain.delivery import DeliveryState
from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT, Design
from app.domain.segment import Segment
from app.domain.subscription import Cadence, SubscriberState
from app.domain.window import ChunkRange, cut_into_chunks
from app.store.tables import Article, Campaign, Chunk, Delivery, Subscriber, Variant
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import campaign_counts, create_campaign, request_send
from app.usecases.manage_segments import change_segment, filter_of, save_segment
from tests.usecases.newsroom import Newsroom

Launch = Callable[..., Campaign]


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


@pytest.fixture
def launch(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> Launch:
    """Creates a campaign, asks for it to be sent, and prepares it."""

    def run(kind: CampaignKind = CampaignKind.DIGEST, later: int = 0, **values: Any) -> Campaign:
        then = now + timedelta(hours=later)
        campaign = create_campaign(session, now=then, language="ar", kind=kind, **values)
        request_send(session, now=then, campaign_id=campaign.id)
        session.commit()
        prepare_campaign(sessions, settings, now=then, campaign_id=campaign.id)
        session.expire_all()
        return session.get_one(Campaign, campaign.id)

    return run


def lists(session: Session, campaign: Campaign) -> dict[int, list[int]]:
    """Reader to article ids, through the chunks, as the workers would see it."""
    rows = session.execute(
        select(Delivery.subscriber_id, Variant.article_ids)
        .join(
            Chunk,
            (Chunk.campaign_id == Delivery.campaign_id)
            & Delivery.ordinal.between(Chunk.first, Chunk.last),
        )
        .join(Variant, Variant.id == Chunk.variant_id)
        .where(Delivery.campaign_id == campaign.id)
    )
    return {reader: sorted(articles) for reader, articles in rows}


def deliver(session: Session, campaign: Campaign, state: DeliveryState) -> None:
    session.execute(update(Delivery).where(Delivery.campaign_id == campaign.id).values(state=state))
    session.execute(
        update(Campaign).where(Campaign.id == campaign.id).values(state=CampaignState.FINISHED)
    )
    session.commit()


def test_each_reader_gets_the_topics_followed(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    politics = newsroom.article("خبر سياسي", "politics")
    both = newsroom.article("خبر سياسي اقتصادي", "politics", "economy")
    sport = newsroom.article("خبر رياضي", "sport")
    everything = newsroom.reader("all")
    economist = newsroom.reader("economist", "economy")
    fan = newsroom.reader("fan", "sport")
    twin = newsroom.reader("twin", "sport")
    campaign = launch()
    assert campaign.state is CampaignState.SENDING
    assert campaign.audience == 4
    assert lists(session, campaign) == {
        everything: sorted([politics, both, sport]),
        economist: [both],
        fan: [sport],
        twin: [sport],
    }
    variants = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)).all()
    assert len(variants) == 3, "readers with the same list share a variant"
    for variant in variants:
        assert UNSUBSCRIBE_SLOT in variant.html
        assert PREFERENCES_SLOT in variant.html
        assert UNSUBSCRIBE_SLOT in variant.text


def test_no_article_reaches_a_reader_twice_even_after_a_change_of_topics(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    old = newsroom.article("خبر قديم", "politics")
    reader = newsroom.reader("r", "politics")
    deliver(session, launch(), DeliveryState.SENT)
    sport = newsroom.article("خبر رياضي", "sport")
    session.execute(update(Subscriber).where(Subscriber.id == reader).values(topic_mask=0))
    second = launch()
    assert lists(session, second) == {reader: [sport]}
    deliver(session, second, DeliveryState.SENT)
    third = launch()
    assert (third.state, third.reason) == (CampaignState.SKIPPED, SkipReason.NOTHING_NEW)
    alert = launch(CampaignKind.ALERT, article_ids=[old])
    assert (alert.state, alert.reason) == (CampaignState.SKIPPED, SkipReason.NOTHING_NEW)


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.SKIPPED])
def test_an_article_that_did_not_arrive_comes_again(
    session: Session, newsroom: Newsroom, launch: Launch, state: DeliveryState
) -> None:
    article = newsroom.article("خبر", "politics")
    reader = newsroom.reader("r")
    deliver(session, launch(), state)
    assert lists(session, launch()) == {reader: [article]}


def test_an_edited_article_is_not_news_again(
    session: Session, newsroom: Newsroom, launch: Launch, now: datetime
) -> None:
    article = newsroom.article("خبر", "politics")
    newsroom.reader("r")
    deliver(session, launch(), DeliveryState.SENT)
    session.execute(update(Article).where(Article.id == article).values(revision=2, changed_at=now))
    assert launch().state is CampaignState.SKIPPED


def test_cadences_topics_and_states_choose_the_audience(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    sport = newsroom.article("خبر رياضي", "sport")
    newsroom.article("خبر سياسي", "politics")
    weekly = newsroom.reader("weekly", cadence=Cadence.WEEKLY)
    newsroom.reader("daily", cadence=Cadence.DAILY)
    gone = newsroom.reader("gone", cadence=Cadence.WEEKLY)
    session.execute(
        update(Subscriber).where(Subscriber.id == gone).values(state=SubscriberState.UNSUBSCRIBED)
    )
    campaign = launch(cadences=[Cadence.WEEKLY], topics=newsroom.slugs("sport"))
    assert lists(session, campaign) == {weekly: [sport]}


def test_an_announcement_reaches_everybody_once(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    readers = {newsroom.reader("a", "sport"), newsroom.reader("b")}
    campaign = launch(CampaignKind.ANNOUNCEMENT, subject="موعد جديد", note="نص الإعلان")
    assert set(lists(session, campaign)) == readers
    counts = campaign_counts(session, campaign.id)
    assert (counts.audience, counts.pending, counts.sent) == (2, 2, 0)


def test_without_readers_a_campaign_is_skipped_with_that_reason(
    newsroom: Newsroom, launch: Launch
) -> None:
    newsroom.article("خبر", "politics")
    campaign = launch()
    assert (campaign.state, campaign.reason) == (CampaignState.SKIPPED, SkipReason.NO_READERS)


def test_preparing_twice_freezes_once(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    launch: Launch,
    now: datetime,
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("r")
    campaign = launch()
    prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
    count = text("select count(*) from delivery where campaign_id = :id")
    assert session.scalar(count, {"id": campaign.id}) == 1


@given(
    sizes=st.lists(st.integers(1, 2_000), max_size=8),
    chunk_size=st.integers(1, 700),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])
def test_chunks_cover_every_ordinal_once_and_never_mix_lists(
    sizes: list[int], chunk_size: int
) -> None:
    groups = list(enumerate(sizes, 1))
    ranges = cut_into_chunks(groups, chunk_size)
    assert all(1 <= r.last - r.first + 1 <= chunk_size for r in ranges)
    at = 1
    for one in ranges:
        assert one.first == at
        at = one.last + 1
    assert at == sum(sizes) + 1
    by_mask: dict[int, int] = {}
    for one in ranges:
        by_mask[one.mask] = by_mask.get(one.mask, 0) + one.last - one.first + 1
    assert by_mask == dict(groups)
    assert all(isinstance(one, ChunkRange) for one in ranges)


@pytest.mark.parametrize("kind", [CampaignKind.DIGEST, CampaignKind.ANNOUNCEMENT])
def test_who_pauses_gets_nothing_until_the_pause_is_over(
    session: Session, newsroom: Newsroom, launch: Launch, now: datetime, kind: CampaignKind
) -> None:
    newsroom.article("خبر", "sport")
    paused, back = newsroom.reader("a"), newsroom.reader("b")
    session.get_one(Subscriber, paused).paused_until = now + timedelta(hours=2)
    session.get_one(Subscriber, back).paused_until = now
    session.commit()
    assert set(lists(session, launch(kind, subject="خبر"))) == {back}
    newsroom.article("خبر آخر", "sport", age=timedelta(hours=-2))
    session.commit()
    assert paused in lists(session, launch(kind, later=3, subject="خبر"))


def test_the_design_is_that_of_the_kind_unless_one_is_chosen(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    article = newsroom.article("خبر", "sport")
    newsroom.reader("a")
    session.commit()
    brief = launch(design=Design.BRIEF)
    html = session.scalars(select(Variant.html).where(Variant.campaign_id == brief.id)).one()
    assert brief.design is Design.BRIEF
    assert "موجز" in html
    alert = launch(CampaignKind.ALERT, article_ids=[article])
    assert alert.design is Design.ALERT
    with pytest.raises(InvalidCampaign, match="unfit_design"):
        launch(CampaignKind.ANNOUNCEMENT, subject="خبر", design=Design.BRIEF)


@pytest.mark.parametrize("kind", [CampaignKind.DIGEST, CampaignKind.ANNOUNCEMENT])
def test_a_campaign_with_a_segment_reaches_exactly_its_readers(
    session: Session, newsroom: Newsroom, launch: Launch, kind: CampaignKind
) -> None:
    newsroom.article("خبر", "politics")
    meant = newsroom.reader("meant", "politics")
    newsroom.reader("another", "politics")
    newsroom.reader("meant", "sport")
    politics = newsroom.mask("politics")
    kept = save_segment(
        session,
        now=datetime(2025, 1, 1, tzinfo=UTC),
        name="السياسة",
        segment=Segment(topics=politics, address="meant"),
    )
    campaign = launch(
        kind, subject="عنوان", note="نص", segment=filter_of(kept), segment_name=kept.name
    )
    assert set(lists(session, campaign)) == {meant}
    change_segment(session, segment_id=kept.id, segment=Segment(address="another"))
    assert session.get_one(Campaign, campaign.id).segment == {
        "topics": politics,
        "address": "meant",
    }


def test_a_segment_that_is_not_understood_is_sent_to_nobody(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    newsroom: Newsroom,
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("reader", "politics")
    campaign = create_campaign(session, now=now, language="ar", kind=CampaignKind.DIGEST)
    campaign.segment = {"shoe_size": 42}
    request_send(session, now=now, campaign_id=campaign.id)
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
    session.expire_all()
    campaign = session.get_one(Campaign, campaign.id)
    assert campaign.state is CampaignState.NEEDS_REVIEW
    assert "shoe_size" in campaign.reason
    assert lists(session, campaign) == {}
