"""Drafts in the making: saved step by step, by one hand at a time, and doubled."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignConflict, CampaignKind, CampaignState, UncertainPolicy
from app.domain.edition import Design
from app.domain.subscription import Cadence
from app.store.tables import Campaign, Chunk, Subscriber
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.draft_campaign import (
    DraftChanged,
    duplicate_campaign,
    save_audience,
    save_content,
    save_kind,
    save_look,
    start_draft,
)
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import request_send, schedule_send, unschedule
from app.usecases.schedule_morning import schedule_morning
from tests.usecases.newsroom import Newsroom


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    return Newsroom(session, now)


def draft(
    session: Session, now: datetime, kind: CampaignKind, article: int | None = None
) -> Campaign:
    return start_draft(session, now=now, language="ar", kind=kind, article_id=article)


def test_a_draft_is_made_in_steps(session: Session, now: datetime, newsroom: Newsroom) -> None:
    first, second = newsroom.article("أ", "politics"), newsroom.article("ب", "sport")
    made = draft(session, now, CampaignKind.SELECTION)
    with pytest.raises(InvalidCampaign, match="needs_articles"):
        request_send(session, now=now, campaign_id=made.id)
    save_content(
        session, campaign_id=made.id, version=1, article_ids=[second, first, second], note=" م "
    )
    save_audience(
        session,
        campaign_id=made.id,
        version=2,
        topics=newsroom.slugs("sport"),
        cadences=[Cadence.WEEKLY],
    )
    save_look(
        session,
        campaign_id=made.id,
        version=3,
        design=Design.BRIEF,
        subject="عنوان",
        preheader="سطر",
        language="en",
        policy=UncertainPolicy.HOLD,
        public=False,
    )
    assert made.version == 4
    assert made.article_ids == [second, first]
    assert (made.note, made.subject, made.preheader) == ("م", "عنوان", "سطر")
    assert (made.topic_mask, made.cadences) == (newsroom.mask("sport"), [Cadence.WEEKLY])
    assert (made.design, made.policy) == (Design.BRIEF, UncertainPolicy.HOLD)
    assert (made.language, made.public) == ("en", False)
    assert request_send(session, now=now, campaign_id=made.id).state is CampaignState.SCHEDULED


def test_who_saves_over_anothers_work_is_told(
    session: Session, now: datetime, newsroom: Newsroom
) -> None:
    made = draft(session, now, CampaignKind.DIGEST)
    save_content(session, campaign_id=made.id, version=1, article_ids=[], note="نص الأولى")
    with pytest.raises(DraftChanged) as late:
        save_content(session, campaign_id=made.id, version=1, article_ids=[], note="نص الثاني")
    assert late.value.version == made.version == 2
    assert made.note == "نص الأولى"
    request_send(session, now=now, campaign_id=made.id)
    with pytest.raises(CampaignConflict):
        save_content(session, campaign_id=made.id, version=made.version, article_ids=[], note="")


def test_another_kind_keeps_what_fits(session: Session, now: datetime, newsroom: Newsroom) -> None:
    first, second = newsroom.article("أ", "politics"), newsroom.article("ب", "sport")
    made = draft(session, now, CampaignKind.SELECTION)
    save_content(session, campaign_id=made.id, version=1, article_ids=[first, second], note="نص")
    save_kind(session, campaign_id=made.id, version=2, kind=CampaignKind.ALERT)
    assert (made.article_ids, made.design) == ([first], Design.ALERT)
    assert made.topic_mask == newsroom.mask("politics"), "an alert is for its article's topics"
    save_content(session, campaign_id=made.id, version=3, article_ids=[second], note="نص")
    assert made.topic_mask == newsroom.mask("sport")
    save_kind(session, campaign_id=made.id, version=4, kind=CampaignKind.ANNOUNCEMENT)
    assert (made.article_ids, made.design, made.public) == (None, Design.LETTER, False)
    save_kind(session, campaign_id=made.id, version=5, kind=CampaignKind.DIGEST)
    assert (made.article_ids, made.design, made.note) == (None, Design.MORNING, "نص")
    with pytest.raises(InvalidCampaign, match="unfit_design"):
        save_look(
            session,
            campaign_id=made.id,
            version=6,
            design=Design.LETTER,
            subject="",
            preheader="",
            language="ar",
            policy=UncertainPolicy.RESEND,
            public=True,
        )


def test_a_double_is_a_draft_of_its_own(
    session: Session, now: datetime, newsroom: Newsroom
) -> None:
    article = newsroom.article("أ", "politics")
    first = draft(session, now, CampaignKind.ALERT, article)
    request_send(session, now=now, campaign_id=first.id)
    double = duplicate_campaign(session, now=now + timedelta(days=1), campaign_id=first.id)
    assert double.id != first.id
    assert (double.state, double.version, double.send_at) == (CampaignState.DRAFT, 1, None)
    assert (double.kind, double.article_ids) == (first.kind, [article])
    assert double.topic_mask == newsroom.mask("politics")
    assert double.created_at == now + timedelta(days=1)


def test_one_campaign_reaches_each_reader_in_their_morning(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    newsroom: Newsroom,
) -> None:
    article = newsroom.article("أ", "politics")
    for name, zone in (("gulf", "Asia/Dubai"), ("west", "America/Montreal"), ("home", "")):
        reader = newsroom.reader(name)
        session.execute(update(Subscriber).where(Subscriber.id == reader).values(timezone=zone))
    made = draft(session, now, CampaignKind.SELECTION, article)
    day = date(2025, 1, 23)
    with pytest.raises(InvalidCampaign, match="morning_has_passed"):
        schedule_morning(
            session,
            now=now,
            campaign_id=made.id,
            day=date(2025, 1, 22),
            local_time=time(7),
            site_zone="Asia/Beirut",
        )
    schedule_morning(
        session,
        now=now,
        campaign_id=made.id,
        day=day,
        local_time=time(7),
        site_zone="Asia/Beirut",
    )
    closes = datetime(2025, 1, 23, 3, tzinfo=UTC)
    assert (made.state, made.send_at) == (CampaignState.SCHEDULED, closes)
    session.commit()
    prepare_campaign(sessions, settings, now=closes, campaign_id=made.id)
    dues = [c.due_at for c in session.query(Chunk).filter_by(campaign_id=made.id)]
    assert sorted(dues) == [
        closes,
        datetime(2025, 1, 23, 5, tzinfo=UTC),
        datetime(2025, 1, 23, 12, tzinfo=UTC),
    ]


def test_a_morning_taken_back_is_forgotten(session: Session, now: datetime) -> None:
    made = draft(session, now, CampaignKind.DIGEST)
    schedule_morning(
        session,
        now=now,
        campaign_id=made.id,
        day=date(2025, 1, 23),
        local_time=time(7),
        site_zone="Asia/Beirut",
    )
    assert made.morning_time == time(7)
    unschedule(session, campaign_id=made.id)
    assert (made.morning_day, made.morning_time, made.morning_zone) == (None, None, "")
    schedule_send(session, now=now, campaign_id=made.id, send_at=now + timedelta(hours=1))
    assert made.morning_day is None
