"""Topics renamed, put in another order, merged and removed, and what goes with them."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.bulk import Change, Deed
from app.domain.campaign import CampaignKind
from app.domain.segment import Segment, from_json
from app.domain.subscription import Cadence
from app.links import Links
from app.store.tables import (
    Article,
    ConsentEvent,
    FormerTopic,
    SavedSegment,
    Schedule,
    Source,
    Subscriber,
    Topic,
)
from app.usecases.arrange_topics import (
    merge_topics,
    move_topic,
    remove_topic,
    rename_topic,
    uses_of,
)
from app.usecases.article_rows import topic_named
from app.usecases.change_readers import ask_for_change
from app.usecases.consent import Wording
from app.usecases.import_subscribers import import_subscribers
from app.usecases.manage_campaigns import create_campaign
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.manage_segments import save_segment
from app.usecases.manage_sources import InvalidSource, add_topic
from app.usecases.write_articles import TopicFinder
from tests.usecases.newsroom import Newsroom
from tests.usecases.readers import add_reader


@pytest.fixture
def arts(session: Session) -> Topic:
    for slug, name in (("politics", "سياسة"), ("economy", "اقتصاد")):
        add_topic(session, slug=slug, name_ar=name, name_en=slug)
    return add_topic(session, slug="arts", name_ar="فنون", name_en="Arts")


@pytest.fixture
def newsroom(session: Session, now: datetime, arts: Topic) -> Newsroom:
    return Newsroom(session, now)


def named(session: Session, slug: str) -> Topic:
    return session.scalars(select(Topic).where(Topic.slug == slug)).one()


def masks(session: Session) -> dict[str, int]:
    session.expire_all()
    found = session.scalars(select(Subscriber).order_by(Subscriber.id))
    return {one.email: one.topic_mask for one in found}


def test_all_that_a_topic_had_goes_where_it_goes(
    session: Session, newsroom: Newsroom, arts: Topic, now: datetime
) -> None:
    into = named(session, "economy")
    old, new = 1 << arts.bit, 1 << into.bit
    other = 1 << named(session, "politics").bit
    for email, mask in (("a", old), ("b", old | other), ("c", 0), ("d", other), ("e", old | new)):
        add_reader(session, now, f"{email}@example.org", topic_mask=mask)
    article = newsroom.article("معرض في المدينة القديمة", "economy")
    session.get_one(Article, article).topic_id = arts.id
    session.get_one(Article, article).topic_mask = old
    plan = Plan(
        name="x",
        cadence=Cadence.DAILY,
        local_time=time(9),
        timezone="Asia/Beirut",
        topics=("arts", "politics"),
    )
    schedule = create_schedule(session, now=now, plan=plan)
    segment = save_segment(session, now=now, name="هواة الفن", segment=Segment(topics=old))
    source = session.scalars(select(Source)).first()
    assert source is not None
    source.topic_id = arts.id
    session.flush()
    assert uses_of(session, arts).readers == 3

    merged, readers = merge_topics(session, now=now, topic_id=arts.id, into="economy")

    assert (merged.slug, readers) == ("economy", 3)
    assert masks(session) == {
        "a@example.org": new,
        "b@example.org": new | other,
        "c@example.org": 0,
        "d@example.org": other,
        "e@example.org": new,
    }
    moved = session.get_one(Article, article)
    assert (moved.topic.slug, moved.topic_mask) == ("economy", new)
    assert session.get_one(Schedule, schedule.id).topic_mask == new | other
    assert from_json(session.get_one(SavedSegment, segment.id).filter).topics == new
    assert session.get_one(Source, source.id).topic.slug == "economy"
    assert session.scalar(select(Topic).where(Topic.slug == "arts")) is None
    noted = session.scalars(select(ConsentEvent.topic_mask).order_by(ConsentEvent.subscriber_id))
    assert list(noted)[-3:] == [new, new | other, new]


def test_its_names_still_mean_something(
    session: Session, settings: Settings, newsroom: Newsroom, arts: Topic, now: datetime
) -> None:
    bit = arts.bit
    merge_topics(session, now=now, topic_id=arts.id, into="economy")
    source = session.scalars(select(Source)).first()
    assert source is not None
    for found in (topic_named(session, ["فنون"]), TopicFinder(session, source).named("Arts")):
        assert found is not None
        assert found.slug == "economy"
    file = BytesIO("email,topics\nhala@example.org,فنون\n".encode())
    import_subscribers(
        session, Links(settings), now=now, file=file, wording=Wording(text="نعم"), language="ar"
    )
    assert masks(session)["hala@example.org"] == 1 << named(session, "economy").bit
    # A topic that is founded later takes neither its bit nor, if it bears its name, its articles.
    again = add_topic(session, slug="arts", name_ar="فنون", name_en="Arts")
    assert again.bit != bit
    assert topic_named(session, ["arts"]) is again


def test_a_chain_of_merges_leads_to_its_end(
    session: Session, newsroom: Newsroom, arts: Topic, now: datetime
) -> None:
    merge_topics(session, now=now, topic_id=arts.id, into="economy")
    merge_topics(session, now=now, topic_id=named(session, "economy").id, into="politics")
    found = topic_named(session, ["arts"])
    assert found is not None
    assert found.slug == "politics"


def test_what_is_not_frozen_yet_means_the_other_topic(
    session: Session, newsroom: Newsroom, arts: Topic, now: datetime
) -> None:
    newsroom.article("معرض", "economy")
    campaign = create_campaign(
        session, now=now, language="ar", kind=CampaignKind.DIGEST, topics=["arts"]
    )
    merge_topics(session, now=now, topic_id=arts.id, into="economy")
    session.refresh(campaign)
    assert campaign.topic_mask == 1 << named(session, "economy").bit


@pytest.mark.parametrize(
    ("into", "code"), [("arts", "same_topic"), ("sport-of-old", "unknown_topic")]
)
def test_what_cannot_be_merged(
    session: Session, newsroom: Newsroom, arts: Topic, now: datetime, into: str, code: str
) -> None:
    with pytest.raises(InvalidSource) as refusal:
        merge_topics(session, now=now, topic_id=arts.id, into=into)
    assert refusal.value.code == code


def test_no_topic_ends_under_a_job(
    session: Session, newsroom: Newsroom, arts: Topic, now: datetime
) -> None:
    change = Change(deed=Deed.ADD_TOPIC, bit=arts.bit)
    ask_for_change(session, now=now, staff_id=None, change=change)
    for end in (
        lambda: merge_topics(session, now=now, topic_id=arts.id, into="economy"),
        lambda: remove_topic(session, now=now, topic_id=arts.id),
    ):
        with pytest.raises(InvalidSource) as refusal:
            end()
        assert refusal.value.code == "jobs_running"


def test_only_a_topic_without_anything_is_removed(
    session: Session, newsroom: Newsroom, arts: Topic, now: datetime
) -> None:
    newsroom.article("خبر", "economy")
    with pytest.raises(InvalidSource) as refusal:
        remove_topic(session, now=now, topic_id=newsroom.topics["economy"].id)
    assert refusal.value.code == "in_use"
    remove_topic(session, now=now, topic_id=arts.id)
    assert session.scalar(select(Topic).where(Topic.slug == "arts")) is None
    assert topic_named(session, ["arts"]) is None
    assert session.scalars(select(FormerTopic.slug)).one() == "arts"


def test_names_and_order(session: Session, newsroom: Newsroom, arts: Topic) -> None:
    rename_topic(session, arts.id, name_ar=" ثقافة وفنون ", name_en="Arts and culture")
    assert (arts.name_ar, arts.name_en) == ("ثقافة وفنون", "Arts and culture")
    with pytest.raises(InvalidSource):
        rename_topic(session, arts.id, name_ar="فنون", name_en=" ")
    slugs = select(Topic.slug).order_by(Topic.position)
    before = list(session.scalars(slugs))
    place = before.index("arts")
    move_topic(session, arts.id, places=-1)
    order = list(session.scalars(slugs))
    assert order.index("arts") == max(0, place - 1)
    assert sorted(order) == sorted(before)
    for _ in before:
        move_topic(session, arts.id, places=1)
    assert list(session.scalars(slugs))[-1] == "arts"
