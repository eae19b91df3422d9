"""Leaving with one click, with the page's button, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.subscription import UNDO_WINDOW, ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import Subscriber
from tests.usecases.readers import add_reader, history, kinds
from tests.web.site import Site, tree, words

ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def reader(session: Session, site: Site) -> Subscriber:
    return add_reader(session, site.clock.now - timedelta(days=3))


@pytest.fixture
def path(reader: Subscriber, settings: Settings) -> str:
    return f"/u/{Links(settings).unsubscribe_token(reader.id, 7)}"


@pytest.mark.parametrize("kind", ["urlencoded", "multipart", "empty"])
def test_one_click_needs_nothing_but_the_link(
    app: Flask, site: Site, session: Session, reader: Subscriber, path: str, kind: str
) -> None:
    body = {
        "urlencoded": {
            "data": ONE_CLICK,
            "content_type": "application/x-www-form-urlencoded",
        },
        "multipart": {
            "data": {"List-Unsubscribe": "One-Click"},
            "content_type": "multipart/form-data",
        },
        "empty": {},
    }[kind]
    stranger = app.test_client()
    for _ in range(2):
        answer = stranger.post(path, base_url="https://levant.example", **body)
        assert answer.status_code == 200
        assert "Location" not in answer.headers
    session.expire_all()
    assert reader.state is SubscriberState.UNSUBSCRIBED
    (event,) = history(session, reader)
    assert (event.kind, event.campaign_id) == (ConsentKind.UNSUBSCRIBED, 7)
    if kind != "empty":
        assert event.place == "one-click"
        assert "Set-Cookie" not in answer.headers


def test_opening_the_link_changes_nothing_and_one_button_leaves(
    site: Site, session: Session, reader: Subscriber, path: str
) -> None:
    page = site.open(path)
    assert page.status_code == 200
    assert reader.state is SubscriberState.ACTIVE
    assert "r•••r@example.org" in words(page)
    assert len(tree(page).xpath("//main//button")) == 1
    done = site.press(page, "/u/")
    assert (done.status_code, "أُلغي اشتراكك" in words(done)) == (200, True)
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert "أُلغي اشتراكك" in words(site.open(path))
    assert kinds(session, reader) == [ConsentKind.UNSUBSCRIBED]


def test_it_can_be_taken_back_at_once_with_a_button_of_its_own(
    site: Site, session: Session, reader: Subscriber, path: str
) -> None:
    left = site.press(site.open(path), "/u/")
    assert "لم تقصد؟" in words(left)
    back = site.press(left, "/undo")
    assert (back.status_code, "تم اشتراكك" in words(back)) == (200, True)
    assert reader.state is SubscriberState.ACTIVE
    assert kinds(session, reader) == [ConsentKind.UNSUBSCRIBED, ConsentKind.CONFIRMED]
    assert history(session, reader)[1].wording == "أبقوا على اشتراكي"


def test_later_the_way_back_is_a_sign_up(site: Site, reader: Subscriber, path: str) -> None:
    left = site.press(site.open(path), "/u/")
    site.clock.now += UNDO_WINDOW
    late = site.press(left, "/undo")
    assert late.status_code == 409
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert tree(late).xpath("//main//a[@href='/subscribe']")
    assert not tree(site.open(path)).xpath("//main//form")


def test_taking_back_needs_the_token_of_the_form(site: Site, reader: Subscriber, path: str) -> None:
    left = site.press(site.open(path), "/u/")
    refused = site.press(left, "/undo", csrf_token="forged")
    assert refused.status_code == 400
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert site.press(refused, "/undo").status_code == 200


def test_a_suppressed_or_erased_reader_sees_the_same_page(
    site: Site, session: Session, reader: Subscriber, path: str, settings: Settings
) -> None:
    reader.state = SubscriberState.SUPPRESSED
    session.flush()
    erased = f"/u/{Links(settings).unsubscribe_token(2**38, 0)}"
    for one in (path, erased):
        for answer in (site.open(one), site.post(one)):
            assert (answer.status_code, "أُلغي اشتراكك" in words(answer)) == (200, True)
            assert not tree(answer).xpath("//main//form")
    assert reader.state is SubscriberState.SUPPRESSED


@pytest.mark.parametrize("suffix", ["", "/undo"])
def test_a_forged_link_is_unknown(site: Site, path: str, reader: Subscriber, suffix: str) -> None:
    forged = path[:-1] + ("A" if path[-1] != "A" else "B") + suffix
    page = site.open(path)
    token = {
        "csrf_token": tree(site.open("/subscribe")).xpath("//input[@name='csrf_token']/@value")
    }
    assert page.status_code == 200
    assert site.post(forged, token).status_code == 404
    assert reader.state is SubscriberState.ACTIVE
