"""Campaigns of articles that an editor chose, and whom an alert is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState, SkipReason
from app.domain.subscription import Cadence
from app.store.tables import Campaign, Delivery, Schedule, Variant
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import create_campaign, request_send
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.run_schedule import run_due_schedules
from tests.usecases.newsroom import Newsroom

Launch = Callable[..., Campaign]


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


@pytest.fixture
def launch(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> Launch:
    def run(kind: CampaignKind, **values: Any) -> Campaign:
        campaign = create_campaign(session, now=now, language="ar", kind=kind, **values)
        request_send(session, now=now, campaign_id=campaign.id)
        session.commit()
        prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
        session.expire_all()
        return session.get_one(Campaign, campaign.id)

    return run


def readers_of(session: Session, campaign: Campaign) -> set[int]:
    return set(
        session.scalars(select(Delivery.subscriber_id).where(Delivery.campaign_id == campaign.id))
    )


def variants_of(session: Session, campaign: Campaign) -> list[Variant]:
    return list(session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)))


def test_everybody_gets_exactly_the_chosen_articles_in_the_chosen_order(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    old = newsroom.article("خبر قديم", "politics", age=timedelta(days=30))
    sport = newsroom.article("خبر رياضي", "sport")
    economy = newsroom.article("خبر اقتصادي", "economy")
    readers = {newsroom.reader("all"), newsroom.reader("fan", "sport")}
    launch(CampaignKind.DIGEST)
    campaign = launch(
        CampaignKind.SELECTION,
        article_ids=[economy, old, sport],
        subject="مختارات الأسبوع",
        preheader="ثلاثة أخبار من أسبوعنا",
    )
    assert readers_of(session, campaign) == readers
    (variant,) = variants_of(session, campaign)
    assert variant.article_ids == [economy, old, sport]
    assert "مختارات الأسبوع" in variant.subject
    assert "ثلاثة أخبار من أسبوعنا" in variant.html
    places = [variant.html.index(name) for name in ("خبر اقتصادي", "خبر قديم", "خبر رياضي")]
    assert places == sorted(places)


def test_a_selection_is_for_readers_of_the_chosen_topics_and_paces(
    session: Session, newsroom: Newsroom, launch: Launch
) -> None:
    article = newsroom.article("خبر", "politics")
    fan = newsroom.reader("fan", "sport")
    everything = newsroom.reader("all")
    newsroom.reader("economist", "economy")
    newsroom.reader("weekly", "sport", cadence=Cadence.WEEKLY)
    campaign = launch(
        CampaignKind.SELECTION,
        article_ids=[article],
        topics=newsroom.slugs("sport"),
        cadences=[Cadence.DAILY],
    )
    assert readers_of(session, campaign) == {fan, everything}


def test_a_digest_repeats_nothing_of_a_selection_and_its_window_stays(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    newsroom: Newsroom,
    launch: Launch,
) -> None:
    chosen = newsroom.article("خبر مختار", "politics", age=timedelta(hours=3))
    other = newsroom.article("خبر آخر", "politics", age=timedelta(hours=2))
    reader = newsroom.reader("r")
    schedule = create_schedule(
        session,
        now=now - timedelta(days=1),
        plan=Plan(name="اليومية", cadence=Cadence.DAILY, local_time=now.time(), timezone="UTC"),
    )
    selection = launch(CampaignKind.SELECTION, article_ids=[chosen])
    assert (selection.window_start, selection.window_end) == (None, None)
    slot = session.get_one(Schedule, schedule.id).next_at
    (made,) = run_due_schedules(session, now=slot)
    session.commit()
    prepare_campaign(sessions, settings, now=slot, campaign_id=made)
    digest = session.get_one(Campaign, made, populate_existing=True)
    assert digest.window_start == slot - timedelta(days=1)
    assert readers_of(session, digest) == {reader}
    assert [v.article_ids for v in variants_of(session, digest)] == [[other]]


def test_a_selection_whose_articles_are_all_withdrawn_is_skipped(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    newsroom: Newsroom,
) -> None:
    article = newsroom.article("خبر", "politics")
    newsroom.reader("r")
    draft = create_campaign(
        session, now=now, language="ar", kind=CampaignKind.SELECTION, article_ids=[article]
    )
    request_send(session, now=now, campaign_id=draft.id)
    session.execute(text("update article set withdrawn_at = :now"), {"now": now})
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=draft.id)
    assert session.get_one(Campaign, draft.id, populate_existing=True).state is (
        CampaignState.SKIPPED
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"politician", "all"}),
        ({"topics": ["sport"]}, {"fan", "all"}),
        ({"everybody": True}, {"politician", "fan", "all"}),
    ],
)
def test_an_alert_is_for_its_articles_topics_unless_the_editor_says_otherwise(
    session: Session,
    newsroom: Newsroom,
    launch: Launch,
    given: dict[str, Any],
    expected: set[str],
) -> None:
    article = newsroom.article("عاجل", "politics")
    readers = {
        "all": newsroom.reader("all"),
        "fan": newsroom.reader("fan", "sport"),
        "politician": newsroom.reader("politician", "politics"),
    }
    if "topics" in given:
        given = {"topics": newsroom.slugs(*given["topics"])}
    campaign = launch(CampaignKind.ALERT, article_ids=[article], **given)
    assert readers_of(session, campaign) == {readers[name] for name in expected}
    again = launch(CampaignKind.ALERT, article_ids=[article], **given)
    assert (again.state, again.reason) == (CampaignState.SKIPPED, SkipReason.NOTHING_NEW)
