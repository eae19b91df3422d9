"""What a reader gets, changed through the link in every mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import Subscriber
from tests.usecases.readers import add_reader, history, kinds
from tests.web.site import Site, form_of, tree, words


@pytest.fixture
def reader(session: Session, site: Site) -> Subscriber:
    return add_reader(session, site.clock.now - timedelta(days=3), topic_mask=0b10)


@pytest.fixture
def path(reader: Subscriber, settings: Settings) -> str:
    return f"/p/{Links(settings).preferences_token(reader.id, 7)}"


def checked(page: object, name: str) -> list[str]:
    found: list[str] = tree(page).xpath(f"//main//input[@name='{name}'][@checked]/@value")
    return found


def test_the_page_shows_what_holds_and_saves_what_is_chosen(
    site: Site, session: Session, reader: Subscriber, path: str
) -> None:
    page = site.open(path)
    assert (checked(page, "topics"), checked(page, "cadence")) == (["economy"], ["daily"])
    assert checked(page, "language") == ["ar"]
    assert "r•••r@example.org" in words(page)
    assert "reader@example.org" not in page.get_data(as_text=True)

    saved = site.press(page, topics=["politics"], cadence="instant", language="en")
    assert (saved.status_code, "حُفظ اختيارك" in words(saved)) == (200, True)
    assert checked(site.open(path), "topics") == ["politics"]
    assert (reader.topic_mask, reader.cadence, reader.language) == (1, Cadence.INSTANT, "en")
    (event,) = history(session, reader)
    assert (event.kind, event.campaign_id, event.topic_mask) == (ConsentKind.CHANGED, 7, 1)
    site.press(site.open(path))
    assert kinds(session, reader) == [ConsentKind.CHANGED]


def test_no_topic_follows_them_all_and_shows_so(site: Site, reader: Subscriber, path: str) -> None:
    site.press(site.open(path), topics=[])
    assert reader.topic_mask == 0
    assert checked(site.open(path), "topics") == []


def test_what_does_not_exist_is_refused_in_the_form(
    site: Site, session: Session, reader: Subscriber, path: str
) -> None:
    page = site.press(site.open(path), topics=["politics", "x"], cadence="hourly", language="fr")
    assert page.status_code == 422
    for said in ("أحد هذه الأقسام", "اختر الوتيرة التي تصلك", "اختر اللغة"):
        assert said in words(page)
    assert checked(page, "topics") == ["politics"]
    assert (reader.topic_mask, history(session, reader)) == (0b10, [])


def test_everything_can_be_left_here_and_taken_back(
    site: Site, session: Session, reader: Subscriber, path: str
) -> None:
    left = site.press(site.open(path), leave="1")
    assert (left.status_code, "أُلغي اشتراكك" in words(left)) == (200, True)
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert history(session, reader)[0].campaign_id == 7
    assert site.press(left, "/undo").status_code == 200
    assert reader.state is SubscriberState.ACTIVE
    assert (reader.topic_mask, reader.cadence) == (0b10, Cadence.DAILY)


def test_an_expired_form_keeps_what_was_chosen(site: Site, reader: Subscriber, path: str) -> None:
    page = site.press(site.open(path), topics=["politics"], csrf_token="from yesterday")
    assert page.status_code == 400
    assert "مدة طويلة" in words(page)
    assert (checked(page, "topics"), reader.topic_mask) == (["politics"], 0b10)
    assert site.press(page).status_code == 200
    assert reader.topic_mask == 1


@pytest.mark.parametrize("state", [SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED])
def test_who_has_left_is_shown_the_way_in(
    site: Site, session: Session, reader: Subscriber, path: str, state: SubscriberState
) -> None:
    page = site.open(path)
    reader.state = state
    session.flush()
    for answer in (site.open(path), site.press(page, topics=["politics"])):
        assert answer.status_code == 410
        assert "لست مشتركاً" in words(answer)
        assert form_of(answer, "/subscribe") is not None
    assert (reader.state, reader.topic_mask) == (state, 0b10)


def test_forged_and_foreign_links_are_unknown(
    site: Site, reader: Subscriber, path: str, settings: Settings
) -> None:
    foreign = f"/p/{Links(settings).unsubscribe_token(reader.id, 7)}"
    for one in (foreign, path[:-1] + "!"):
        assert site.open(one).status_code == 404
    page = site.open(path)
    token = form_of(page).fields["csrf_token"]
    data = {"csrf_token": token, "cadence": "weekly", "language": "ar"}
    assert site.post(foreign, data).status_code == 404
    assert reader.cadence is Cadence.DAILY


def test_a_pause_ends_by_itself_and_can_be_ended_before(
    site: Site, session: Session, reader: Subscriber, path: str
) -> None:
    page = site.open(path)
    assert "لأسبوعين" in words(page)
    paused = site.press(page, pause="2")
    assert "لن يصلك شيء حتى" in words(paused)
    assert reader.paused_until == site.clock.now + timedelta(weeks=2)
    until = reader.paused_until
    assert history(session, reader)[-1].place.endswith("paused for 2 weeks")
    assert site.press(page, pause="3").status_code == 400
    assert reader.paused_until == until

    site.clock.advance(weeks=2)
    assert "استراحة" in words(site.open(path))
    site.press(site.open(path), pause="4")
    again = site.press(site.open(path), pause="0")
    assert "عادت الرسائل تصلك" in words(again)
    assert reader.paused_until is None
