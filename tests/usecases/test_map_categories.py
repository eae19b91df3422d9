"""Categories of a source, mapped to topics by the editor."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.article import ArticleDraft
from app.feeds.parse import ParsedFeed
from app.store.tables import Article, SourceCategory
from app.usecases.follow_links import Followed
from app.usecases.manage_sources import InvalidSource
from app.usecases.map_categories import (
    BY_NAME,
    IGNORED,
    change_source,
    map_categories,
    read_categories,
)
from app.usecases.write_articles import write_articles
from tests.usecases.newsroom import Newsroom


class Desk:
    def __init__(self, session: Session, newsroom: Newsroom, now: datetime) -> None:
        self.session, self.newsroom, self.now = session, newsroom, now
        self.source = newsroom.source

    def take_in(self, guid: str, *categories: str, now: datetime | None = None) -> None:
        entry = ArticleDraft(
            guid=guid, url=f"https://a.example/{guid}", headline=guid, categories=categories
        )
        feed = ParsedFeed(title="", entries=(entry,))
        write_articles(self.session, self.source, feed, Followed(), now=now or self.now)

    def choose(self, **choices: str) -> int:
        ids = {one.name: one.id for one in read_categories(self.session, self.source)}
        return map_categories(
            self.session,
            now=self.now,
            source_id=self.source.id,
            choices={ids[name]: choice for name, choice in choices.items()},
        )

    def article(self, guid: str) -> Article:
        self.session.expire_all()
        return self.session.scalars(
            select(Article).where(Article.source_id == self.source.id, Article.guid == guid)
        ).one()


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return Desk(session, Newsroom(session, now), now)


def test_what_was_seen_is_listed_once_however_it_is_spelled(desk: Desk) -> None:
    desk.take_in("1", "محليّات", "جسور")
    desk.take_in("2", "محليات", "إقتصاد")
    desk.take_in("3", "اقتصاد", "محليات")
    rows = [
        (row.name, row.choice, row.articles) for row in read_categories(desk.session, desk.source)
    ]
    assert rows == [("محليّات", BY_NAME, 3), ("إقتصاد", BY_NAME, 2), ("جسور", BY_NAME, 1)]


def test_a_choice_holds_for_what_is_there_and_for_what_comes(desk: Desk) -> None:
    desk.take_in("1", "محليات")
    assert desk.article("1").topic_mask == desk.newsroom.mask("politics")
    assert desk.choose(محليات=desk.newsroom.slugs("economy")[0]) == 1
    assert desk.article("1").topic_mask == desk.newsroom.mask("economy")
    assert desk.article("1").topic_id == desk.newsroom.topics["economy"].id
    desk.take_in("2", "محليّات", desk.newsroom.slugs("sport")[0])
    assert desk.article("2").topic_mask == desk.newsroom.mask("economy", "sport")
    assert desk.choose(محليات=desk.newsroom.slugs("economy")[0]) == 0


def test_a_choice_goes_before_the_name_and_can_be_taken_back(desk: Desk) -> None:
    sport = desk.newsroom.slugs("sport")[0]
    desk.take_in("1", sport)
    desk.choose(**{sport: desk.newsroom.slugs("economy")[0]})
    assert desk.article("1").topic_mask == desk.newsroom.mask("economy")
    desk.choose(**{sport: IGNORED})
    assert desk.article("1").topic_mask == desk.newsroom.mask("politics")
    (row,) = read_categories(desk.session, desk.source)
    assert (row.choice, row.topic) == (IGNORED, None)
    desk.choose(**{sport: BY_NAME})
    assert desk.article("1").topic_mask == desk.newsroom.mask("sport")


def test_the_past_and_what_staff_filed_stay_where_they_are(desk: Desk) -> None:
    desk.take_in("old", "محليات", now=desk.now - timedelta(days=40))
    desk.take_in("edited", "محليات")
    desk.article("edited").edited_at = desk.now
    desk.session.flush()
    assert desk.choose(محليات=desk.newsroom.slugs("economy")[0]) == 0
    for guid in ("old", "edited"):
        assert desk.article(guid).topic_mask == desk.newsroom.mask("politics")


def test_a_topic_that_nobody_has_changes_nothing(desk: Desk) -> None:
    desk.take_in("1", "محليات", "جسور")
    with pytest.raises(InvalidSource) as caught:
        desk.choose(محليات=desk.newsroom.slugs("economy")[0], جسور="weather")
    assert caught.value.code == "unknown_topic"
    assert {row.choice for row in read_categories(desk.session, desk.source)} == {BY_NAME}


def test_categories_of_other_sources_are_passed_over(desk: Desk, session: Session) -> None:
    desk.take_in("1", "محليات")
    other = Newsroom(session, desk.now)
    category = session.scalars(
        select(SourceCategory).where(SourceCategory.source_id == desk.source.id)
    ).one()
    map_categories(session, now=desk.now, source_id=other.source.id, choices={category.id: IGNORED})
    assert not category.ignored


def test_another_topic_for_a_source_takes_along_what_has_no_topic_of_its_own(desk: Desk) -> None:
    desk.take_in("1", "محليات")
    desk.take_in("2", desk.newsroom.slugs("economy")[0])
    changed = change_source(
        desk.session,
        now=desk.now,
        source_id=desk.source.id,
        name=" سدرة ",
        topic=desk.newsroom.slugs("sport")[0],
        follow_links=True,
    )
    assert (changed.name, changed.follow_links) == ("سدرة", True)
    assert desk.article("1").topic_mask == desk.newsroom.mask("sport")
    assert desk.article("2").topic_mask == desk.newsroom.mask("economy")
    with pytest.raises(InvalidSource):
        change_source(
            desk.session,
            now=desk.now,
            source_id=desk.source.id,
            name="",
            topic="weather",
            follow_links=False,
        )
