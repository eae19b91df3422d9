"""The page of one source: its categories and settings, and failures in the reader's words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.hub import HubState
from app.domain.staff import Role
from app.store.tables import Hub, SourceCategory
from app.web.admin.feed_words import detail_words
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.site import BASE, Site, tree, words


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


@pytest.fixture
def category(session: Session, newsroom: Newsroom) -> SourceCategory:
    row = SourceCategory(
        source_id=newsroom.source.id, key="محليات", name="محليّات", seen_at=newsroom._now
    )
    session.add(row)
    session.flush()
    return row


def test_a_category_is_mapped_ignored_and_left_to_its_name(
    site: Site, newsroom: Newsroom, category: SourceCategory
) -> None:
    page = f"/admin/sources/{newsroom.source.id}"
    shown = site.open(page)
    assert "محليّات" in words(shown)
    assert "لا قسم بهذا الاسم." in words(shown)
    economy = newsroom.topics["economy"]
    field = f"category-{category.id}"
    answer = site.press(shown, "/categories", **{field: economy.slug})
    assert (answer.status_code, answer.location) == (302, page)
    assert (category.topic_id, category.ignored) == (economy.id, False)
    again = site.open(page)
    assert "حُفظت التصنيفات." in again.text
    assert tree(again).xpath(f"//select[@name='{field}']/option[@selected]/@value") == [
        economy.slug
    ]
    site.press(again, "/categories", **{field: "-"})
    assert (category.topic_id, category.ignored) == (None, True)
    site.press(site.open(page), "/categories", **{field: ""})
    assert (category.topic_id, category.ignored) == (None, False)


def test_a_topic_that_does_not_exist_is_refused(
    site: Site, newsroom: Newsroom, category: SourceCategory
) -> None:
    page = site.open(f"/admin/sources/{newsroom.source.id}")
    answer = site.press(page, "/categories", **{f"category-{category.id}": "weather"})
    assert answer.status_code == 400
    assert "هذا القسم لم يعد موجوداً." in words(answer)
    odd = site.press(page, "/categories", **{"category-x": "-", "category-999999999999999": "-"})
    assert odd.status_code == 302
    assert not category.ignored


def test_the_settings_of_a_source(site: Site, newsroom: Newsroom) -> None:
    page = f"/admin/sources/{newsroom.source.id}"
    sport = newsroom.topics["sport"]
    answer = site.press(
        site.open(page), "/settings", name="وكالة سدرة", topic=sport.slug, follow_links="y"
    )
    assert answer.status_code == 302
    source = newsroom.source
    assert (source.name, source.topic_id, source.follow_links) == ("وكالة سدرة", sport.id, True)
    shown = site.open(page)
    assert "حُفظ المصدر." in shown.text
    assert tree(shown).xpath("//input[@name='follow_links']/@checked")
    gone = site.press(shown, "/settings", topic="weather")
    assert gone.status_code == 400
    assert "هذا القسم لم يعد موجوداً." in words(gone)
    long = site.press(shown, "/settings", name="س" * 121, topic=sport.slug)
    assert long.status_code == 400
    assert site.open("/admin/sources/999999").status_code == 404


def test_who_only_looks_finds_no_form(desk: Desk, newsroom: Newsroom, app: Flask) -> None:
    site = desk(Role.VIEWER)
    shown = site.open(f"/admin/sources/{newsroom.source.id}")
    assert shown.status_code == 200
    assert not tree(shown).xpath("//main//form")


def test_times_of_success_and_failure_and_the_hub_are_told(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    now, source = site.clock.now, newsroom.source
    source.succeeded_at, source.failed_at = now - timedelta(minutes=5), now - timedelta(hours=3)
    source.failed_code, source.next_poll_at = "timeout", now + timedelta(minutes=10)
    source.moved_from = "https://old.example/feed"
    session.add(
        Hub(
            source_id=source.id,
            url="https://hub.example/",
            topic_url=source.url,
            state=HubState.VERIFIED,
            next_at=now,
            pushed_at=now - timedelta(hours=1),
        )
    )
    shown = words(site.open(f"/admin/sources/{source.id}"))
    assert "آخر نجاح" in shown
    assert "آخر فشل" in shown
    assert "تأخر الخادم في الجواب." in shown
    assert "يدفع الموزّع الجديد فور نشره." in shown
    assert "https://old.example/feed" in shown
    assert "آخر فشل" in words(site.open("/admin/sources"))


DETAILS = [
    "HTTP 404", "HTTP 410", "HTTP 418", "HTTP 503", "more than 5000000 bytes",
    "more than 300000 tags", "more than 5", "longer than 2000 characters",
    "it must begin with http:// or https://", "it names no host", "its name server does not answer",
    "it does not accept the connection", "it names no address",
    "it leads to no http or https address", "the connection was closed", "Connection refused",
    "Network is unreachable", "ProtocolError", "DecodeError",
    "127.0.0.1 is a loopback address; set ALLOW_PRIVATE_FEEDS=1 if it is meant",
    "sidra.example (169.254.1.1) is a link-local address; ALLOW_PRIVATE_FEEDS does not open it",
    "64:ff9b::1 is a NAT64 address; ALLOW_PRIVATE_FEEDS does not open it",
    "back to sidra.example", "feed.sidra.example", "it is a web page", "it is XML of another kind",
    "it is JSON of another kind", "it is broken JSON", "it is broken JSON, line 3",
    "line 12: mismatched tag", "line 12: some new complaint", "text/plain",
    "the parser gave up: KeyError", "it cannot be read: ValueError", "certificate has expired",
    "Hostname mismatch, certificate is not valid for 'sidra.example'.", "self-signed certificate",
    "https://sidra.example/feed",
]  # fmt: skip
"""One for each form of detail that the feeds' part of the program makes."""

_LATIN_MEANT = re.compile(
    "\u2066[^\u2069]*\u2069|https?(?:://)?|TLS|XML|JSON|NAT64|ALLOW_PRIVATE_FEEDS"
)


def test_details_are_told_in_arabic(app: Flask) -> None:
    with app.test_request_context("/admin/sources", base_url=BASE):
        said = {detail: detail_words(detail) for detail in DETAILS}
    for detail, sentence in said.items():
        assert re.search("[\u0621-\u064a]", sentence), detail
        assert not re.search("[A-Za-z]", _LATIN_MEANT.sub("", sentence)), sentence


def test_a_detail_that_is_not_known_is_shown_as_english(site: Site, newsroom: Newsroom) -> None:
    newsroom.source.error_code, newsroom.source.error_detail = "failed", "some new failure"
    (quoted,) = tree(site.open("/admin/sources")).xpath("//q[@lang='en']/text()")
    assert quoted == "some new failure"
