"""Pages by their address: each file in `pages/` is named by what is special about it, and
`expected.json` says what it must become. A new page: put it there, add what a person reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.article import ArticleDraft
from app.feeds.errors import ConsentWall, FeedError, NotAnArticle, NotAPage, TooLarge
from app.feeds.fetch import Fetched
from app.feeds.page import MAX_TAGS, read_page

PAGES = Path(__file__).parent / "pages"
EXPECTED: dict[str, dict[str, Any]] = json.loads((PAGES / "expected.json").read_text("utf-8"))
NOW = datetime(2025, 1, 22, 12, tzinfo=UTC)
ADDRESS = "https://news.example/a/9"
PROSE = (
    "وقف الصيادون على الرصيف ينتظرون أن يهدأ البحر، وقال كبيرهم إن الريح ستغير رأيها مع المساء. "
)


def read(body: str | bytes, **told: Any) -> ArticleDraft:
    raw = body if isinstance(body, bytes) else body.encode()
    answer = {"content_type": "text/html", "final_url": ADDRESS, **told}
    page = Fetched(status="new", body=raw, **answer)
    return read_page(page, now=NOW, zone="Asia/Damascus")


def test_every_page_is_expected() -> None:
    assert {path.name for path in PAGES.glob("*.html")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_becomes_what_a_person_reads_in_it(name: str) -> None:
    wanted = EXPECTED[name]
    body = (PAGES / name).read_bytes()
    if "error" in wanted:
        with pytest.raises(FeedError) as raised:
            read(body)
        assert raised.value.code == wanted["error"]
        return
    found = read(body)
    shown = {part: value for part, value in asdict(found).items() if value and part != "guid"}
    shown["published_at"] = found.published_at.isoformat() if found.published_at else None
    shown["related"] = list(shown.get("related", []))
    assert json.loads(json.dumps(shown)) == {"related": [], **wanted}
    assert found.guid == found.url


def story(head: str = "", body: str = "", prose: str = PROSE * 4) -> str:
    return (
        f"<html><head>{head}</head><body><article><h1>مرساة العاصفة</h1>{body}"
        f"<p>{prose}</p><p>{prose[::-1]}</p></article></body></html>"
    )


def test_a_date_in_the_future_is_now_and_one_before_all_feeds_is_none() -> None:
    dated = '<meta property="article:published_time" content="{}">'
    assert read(story(dated.format("2031-01-01T00:00:00Z"))).published_at == NOW
    assert read(story(dated.format("1970-01-01T00:00:00Z"))).published_at is None


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "application/json"])
def test_what_is_no_page_is_told_by_its_type(kind: str) -> None:
    with pytest.raises(NotAPage, match=kind.replace("/", ".")):
        read(story(), content_type=kind)


def test_a_front_page_is_no_article_whatever_stands_on_it() -> None:
    with pytest.raises(NotAnArticle):
        read(story(), final_url="https://news.example/")


def test_a_page_without_text_is_no_article() -> None:
    with pytest.raises(NotAnArticle):
        read("<html><body><h1>بث مباشر</h1><video src='x'></video></body></html>")


def test_a_question_for_consent_is_told_from_an_article_about_consent() -> None:
    about = story(prose="ملفات تعريف الارتباط تتبع القراء من موقع إلى موقع، كما يقول تقرير. " * 6)
    assert read(about).headline == "مرساة العاصفة"
    with pytest.raises(ConsentWall):
        read("<html><body><h1>Before you continue</h1><p>We use cookies.</p></body></html>")


def test_nothing_that_runs_comes_through() -> None:
    hostile = story(
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"مرساة '
        '<img src=x onerror=alert(1)>العاصفة","url":"javascript:alert(1)",'
        '"image":"javascript:alert(2)","articleBody":"<script>alert(3)</scr"}</script>'
        '<link rel="canonical" href="javascript:alert(4)">',
        '<p onclick="alert(5)">نص <a href="javascript:alert(6)">رابط</a></p>'
        "<script>alert(7)</script><iframe src='https://evil.example'></iframe>"
        "<img src='data:image/svg+xml,<svg onload=alert(8)>'>",
    )
    found = read(hostile)
    everything = json.dumps(asdict(found), default=str, ensure_ascii=False)
    assert "alert" not in everything
    assert "javascript" not in everything
    assert found.url == ADDRESS


def test_hidden_marks_and_controls_leave_every_text() -> None:
    found = read(story("<meta property='og:title' content='مرساة\u202e العاصفة\u200f'>"))
    assert found.headline == "مرساة العاصفة"


def test_a_page_of_endless_tags_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        read("<html><body>" + "<i>" * (MAX_TAGS + 1))


@pytest.mark.parametrize(
    "hostile",
    [
        "<html><body>" + "<div>" * 20_000,
        "<html><body><article><h1>مرساة</h1>" + "<b><i>" * 9_000 + PROSE * 9,
        "<html><head><script type='application/ld+json'>" + "[" * 50_000 + "</script></head>",
        "<html><body><p>" + "a" * 900_000 + "</p>",
        "<html><body><h1>مرساة</h1><p>" + PROSE * 5_000 + "</p>",
        "<html><head>" + '<meta property="og:title" content="x">' * 20_000 + "</head>",
        "<html><body>" + '<p class="kicker"><img>' * 9_000,
        "<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><html><body>&b;</body></html>",
        "\x00\x01\x02<html\x00><body>\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_whatever_comes_is_an_article_or_a_clear_error(hostile: str) -> None:
    try:
        headline = read(hostile).headline
    except FeedError as error:
        headline = error.code
    assert headline
