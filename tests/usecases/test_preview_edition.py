"""The preview of a campaign: for everybody, for one reader, and of what is frozen."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState
from app.domain.subscription import Cadence
from app.store.audience import freeze_readers
from app.store.one_reader import reader_list
from app.store.tables import Campaign, Subscriber, Variant
from app.usecases.compose_edition import coming_candidates
from app.usecases.launch_campaign import launch_campaign
from app.usecases.manage_campaigns import create_campaign
from app.usecases.preview_edition import NoPreview, preview_campaign
from tests.usecases.newsroom import Newsroom

ZONE = ZoneInfo("Asia/Damascus")


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    session.execute(text("update subscriber set state = 'unsubscribed'"))
    return Newsroom(session, now)


def digest(session: Session, now: datetime, **values: object) -> Campaign:
    return create_campaign(session, now=now, language="ar", kind=CampaignKind.DIGEST, **values)


def launched(session: Session, settings: Settings, campaign: Campaign, now: datetime) -> Campaign:
    campaign.state = CampaignState.PREPARING
    session.flush()
    return launch_campaign(session, settings=settings, now=now, campaign_id=campaign.id)


def email_of(session: Session, reader: int) -> str:
    return session.get_one(Subscriber, reader).email


def refusal(
    session: Session, settings: Settings, now: datetime, campaign: Campaign, who: str
) -> str:
    with pytest.raises(NoPreview) as raised:
        preview_campaign(session, settings, now=now, campaign=campaign, reader=who)
    return raised.value.code


def test_a_preview_shows_the_mail_and_changes_nothing(
    session: Session, settings: Settings, newsroom: Newsroom, now: datetime
) -> None:
    campaign = digest(session, now)
    with pytest.raises(NoPreview, match="nothing_new"):
        preview_campaign(session, settings, now=now, campaign=campaign)
    newsroom.article("افتتاح جسر المشاة الجديد", "politics")
    shown = preview_campaign(session, settings, now=now, campaign=campaign)
    assert "افتتاح جسر المشاة الجديد" in shown.mail.html
    assert "~~" not in shown.mail.html + shown.mail.text, "no slot is left open"
    assert shown.preheader
    session.flush()
    assert (campaign.window_start, campaign.window_end) == (None, None)


def test_one_readers_mail_holds_what_they_follow_and_have_not_had(
    session: Session, settings: Settings, newsroom: Newsroom, now: datetime
) -> None:
    newsroom.article("خبر السياسة", "politics")
    newsroom.article("خبر الاقتصاد", "economy")
    reader = newsroom.reader("a", "economy")
    who = email_of(session, reader).upper()
    campaign = digest(session, now)
    shown = preview_campaign(session, settings, now=now, campaign=campaign, reader=who)
    assert "خبر الاقتصاد" in shown.mail.html
    assert "خبر السياسة" not in shown.mail.html
    frozen = launched(session, settings, campaign, now)
    got = preview_campaign(session, settings, now=now, campaign=frozen, reader=who)
    assert got.variant_id is not None
    assert got.mail.text.count("خبر الاقتصاد") == shown.mail.text.count("خبر الاقتصاد")
    assert refusal(session, settings, now, digest(session, now), who) == "nothing_for_reader"


def test_why_a_reader_gets_nothing(
    session: Session, settings: Settings, newsroom: Newsroom, now: datetime
) -> None:
    newsroom.article("خبر", "politics")
    weekly = newsroom.reader("w", "politics", cadence=Cadence.WEEKLY)
    paused = newsroom.reader("p", "politics")
    session.execute(
        update(Subscriber)
        .where(Subscriber.id == paused)
        .values(paused_until=now + timedelta(days=1))
    )
    daily = digest(session, now, cadences=[Cadence.DAILY])
    codes = [
        refusal(session, settings, now, daily, who)
        for who in (email_of(session, weekly), email_of(session, paused), "nobody@x.example", "؟")
    ]
    assert codes == ["not_for_reader", "not_for_reader", "unknown_reader", "unknown_reader"]


def test_a_reader_alone_gets_the_list_that_freezing_gives(
    session: Session, settings: Settings, newsroom: Newsroom, now: datetime
) -> None:
    for number, topics in enumerate((("politics",), ("economy",), ("sport", "economy"))):
        newsroom.article(f"خبر {number}", *topics)
    readers = [
        newsroom.reader("a", "politics"),
        newsroom.reader("b", "economy"),
        newsroom.reader("c"),
        newsroom.reader("d", "sport"),
    ]
    launched(session, settings, digest(session, now, topics=newsroom.slugs("sport")), now)
    newsroom.article("خبر جديد", "politics")
    campaign = digest(session, now)
    coming = coming_candidates(session, campaign, now=now)
    alone = {
        reader: reader_list(
            session, campaign, coming.candidates, reader, since=coming.since, now=now, zone=ZONE
        )
        for reader in readers
    }
    freeze_readers(session, campaign, coming.candidates, since=coming.since, now=now, zone=ZONE)
    frozen = dict(session.execute(text("select id, mask from frozen")).all())
    assert alone == {reader: frozen.get(reader, 0) for reader in readers}
    assert len(set(alone.values())) > 2


def test_a_version_that_is_not_there(
    session: Session, settings: Settings, newsroom: Newsroom, now: datetime
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a", "politics")
    first = launched(session, settings, digest(session, now), now)
    other = launched(session, settings, digest(session, now, topics=newsroom.slugs("sport")), now)
    variant = session.scalar(select(Variant.id).where(Variant.campaign_id == first.id))
    with pytest.raises(NoPreview, match="unknown_variant"):
        preview_campaign(session, settings, now=now, campaign=first, variant_id=2**40)
    if other.prepared_at is not None:
        with pytest.raises(NoPreview, match="unknown_variant"):
            preview_campaign(session, settings, now=now, campaign=other, variant_id=variant)
