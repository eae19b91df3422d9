"""The page behind the link of a confirmation mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.subscription import ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import ConsentEvent, Signup, Subscriber
from tests.usecases.readers import kinds
from tests.web.site import Site, form_of, tree, words


@pytest.fixture
def link(site: Site, session: Session, settings: Settings) -> str:
    site.sign_up("layla@example.org", topics=["economy"], cadence="weekly")
    signup = session.scalars(select(Signup)).one()
    return Links(settings).confirm_url(signup.id).removeprefix(settings.base_url)


def reader(session: Session) -> Subscriber | None:
    return session.scalar(select(Subscriber))


def test_opening_changes_nothing_and_one_button_confirms(
    site: Site, session: Session, link: str
) -> None:
    for _ in range(3):
        page = site.open(link)
        assert page.status_code == 200
    assert reader(session) is None
    assert len(tree(page).xpath("//main//button")) == 1

    done = site.press(page)
    assert done.status_code == 200
    assert "تم اشتراكك" in words(done)
    found = reader(session)
    assert found is not None
    assert (found.state, found.topic_mask, found.cadence) == ("active", 0b10, "weekly")
    assert kinds(session, found) == [ConsentKind.ASKED, ConsentKind.CONFIRMED]
    (preferences,) = tree(done).xpath("//main//a[contains(@href, '/p/')]/@href")
    assert site.open(preferences).status_code == 200


def test_confirming_twice_shows_success_and_records_once(
    site: Site, session: Session, link: str
) -> None:
    page = site.open(link)
    site.press(page)
    again = site.press(page)
    assert again.status_code == 200
    assert "أنت مشترك بالفعل" in words(again)
    site.clock.advance(days=30)
    opened = site.open(link)
    assert (opened.status_code, "أنت مشترك بالفعل" in words(opened)) == (200, True)
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 2


def test_an_expired_link_says_so_and_offers_the_form(
    site: Site, session: Session, link: str, settings: Settings
) -> None:
    page = site.open(link)
    site.clock.now += timedelta(days=settings.confirm_days)
    for answer in (site.press(page), site.open(link)):
        assert answer.status_code == 410
        assert "انتهت صلاحية" in words(answer)
        assert "٣ أيام" in words(answer)
        assert form_of(answer, "/subscribe") is not None
    assert reader(session) is None


@pytest.mark.parametrize("change", ["flip", "cut", "other purpose", "not ascii", "long"])
def test_a_forged_link_says_so_and_offers_the_form(
    site: Site, session: Session, link: str, settings: Settings, change: str
) -> None:
    token = link.removeprefix("/confirm/")
    forged = {
        "flip": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "cut": token[:-1],
        "other purpose": Links(settings).unsubscribe_token(1, 1),
        "not ascii": "ل" * 32,
        "long": "A" * 4000,
    }[change]
    answer = site.open(f"/confirm/{forged}")
    assert answer.status_code == 404
    assert "لا نعرف هذا الرابط" in words(answer)
    assert form_of(answer, "/subscribe") is not None
    assert site.press(site.open(link), csrf_token="x").status_code == 400
    assert reader(session) is None


def test_a_used_link_from_before_leaving_is_over(
    site: Site, session: Session, link: str, settings: Settings
) -> None:
    page = site.open(link)
    site.press(page)
    found = reader(session)
    assert found is not None
    site.clock.advance(minutes=1)
    site.post(f"/u/{Links(settings).unsubscribe_token(found.id, 0)}")
    for answer in (site.open(link), site.press(page)):
        assert answer.status_code == 410
        assert "لم يعد صالحاً" in words(answer)
        assert form_of(answer, "/subscribe") is not None
    assert found.state is SubscriberState.UNSUBSCRIBED


def test_an_expired_form_shows_the_button_again(site: Site, session: Session, link: str) -> None:
    page = site.press(site.open(link), csrf_token="from yesterday")
    assert page.status_code == 400
    assert "مدة طويلة" in words(page)
    assert reader(session) is None
    assert site.press(page).status_code == 200
    assert reader(session) is not None
