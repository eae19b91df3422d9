"""Articles in admin: added by address and by hand, previewed, edited, withdrawn, searched for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.article import Origin
from app.domain.campaign import CampaignKind, CampaignState
from app.domain.staff import Role
from app.store.tables import Article, AuditEvent, Campaign
from app.usecases.compose_edition import find_candidates
from tests.loopback import serving
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock, make_app
from tests.web.site import Site, form_of, tree, words

NEW = "/admin/articles/new"
PAGE = (
    "<html><head><meta property='og:type' content='article'><meta property='article:section' "
    "content='اقتصاد'></head><body><article><p class='kicker'>سوق العمل</p>"
    "<h1>معمل الزجاج يعيد إشعال فرنه</h1>"
    + "".join(f"<p>{text * 3}</p>" for text in (
        "عاد أربعون عاملاً إلى المعمل بعد توقف دام ست سنوات، وأشعلوا الفرن بالغاز لأول مرة. ",
        "ويقول أقدمهم إن الزجاج لا ينتظر أحداً، وإن الورديات ستعمل ليلاً ونهاراً حتى الربيع. ",
    ))
    + "<p>اقرأ أيضاً: <a href='/sand'>رمل الساحل مادة أولى</a></p></article></body></html>"
)  # fmt: skip


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path != "/glass":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def pages() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server, serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def app(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, redis_emptied: None
) -> Flask:
    """The web application of a newsroom whose own site is on this machine."""
    return make_app(settings.with_(allow_private_feeds=True), sessions, clock)


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.AUTHOR)


def write(site: Site, **typed: object) -> TestResponse:
    given = {
        "do": "save",
        "headline": "حديقة فوق السطح",
        "body": "فقرة أولى.\n\nفقرة ثانية.",
        "topic": "politics",
    }
    return site.press(site.open(NEW), NEW, **(given | typed))


def saved(session: Session, answer: TestResponse) -> Article:
    assert answer.status_code == 302, words(answer)
    return session.get_one(Article, int(answer.location.rpartition("/")[2]))


def test_a_page_is_read_into_the_form_and_saved_from_there(
    site: Site, session: Session, pages: str
) -> None:
    read = site.press(site.open(NEW), NEW, do="fetch", link=f"{pages}/glass")
    assert read.status_code == 200
    values = dict(form_of(read, NEW).form_values())
    assert values["headline"] == "معمل الزجاج يعيد إشعال فرنه"
    assert values["kicker"] == "سوق العمل"
    assert values["topic"] == "economy"
    assert values["related"].strip() == f"رمل الساحل مادة أولى {pages}/sand"
    assert session.scalar(select(func.count(Article.id))) == 0
    made = saved(session, site.press(read, NEW, do="save", standfirst="بعد ست سنوات"))
    assert (made.origin, made.url) == (Origin.LINK, f"{pages}/glass")
    assert made.standfirst == "بعد ست سنوات"
    assert made.body_html.count("<p>") == 2
    assert made.related == [{"title": "رمل الساحل مادة أولى", "url": f"{pages}/sand"}]
    again = site.press(read, NEW, do="save")
    assert again.status_code == 400
    assert tree(again).xpath(f"//a[@href='/admin/articles/{made.id}']")
    assert session.scalar(select(AuditEvent.action).order_by(AuditEvent.id.desc())) == "article.add"


def test_enter_in_the_address_reads_the_page_and_in_the_form_saves(
    site: Site, session: Session, pages: str
) -> None:
    read = site.press(site.open(NEW), NEW, do="enter", link=f"{pages}/glass")
    assert dict(form_of(read, NEW).form_values())["headline"]
    saved(session, site.press(read, NEW, do="enter"))


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        ("{pages}/none", "٤٠٤"),
        ("ftp://example.org/x", "هذا ليس عنوان ويب"),
        ("", "هذا ليس عنوان ويب"),
    ],
)
def test_a_page_that_cannot_be_read_loses_nothing_that_was_typed(
    site: Site, pages: str, link: str, complaint: str
) -> None:
    typed = {"headline": "كتبت هذا بيدي", "body": "وهذا أيضاً", "byline": "ريم"}
    answer = site.press(site.open(NEW), NEW, do="fetch", link=link.format(pages=pages), **typed)
    assert answer.status_code == 400
    assert complaint in words(answer)
    values = dict(form_of(answer, NEW).form_values())
    assert {name: values[name].strip() for name in typed} == typed


def test_an_article_by_hand_has_a_page_on_this_site_and_is_saved_once(
    site: Site, session: Session
) -> None:
    page = site.open(NEW)
    typed = {"do": "save", "headline": "حديقة فوق السطح", "body": "نص.", "topic": "politics"}
    made = saved(session, site.press(page, NEW, **typed))
    assert (made.origin, made.url) == (Origin.HAND, f"https://levant.example/a/{made.id}")
    assert "حديقة فوق السطح" in words(site.open(f"/a/{made.id}"))
    twice = site.press(page, NEW, **typed)
    assert (twice.status_code, "موجود هنا من قبل" in words(twice)) == (400, True)
    assert session.scalar(select(func.count(Article.id))) == 1


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"headline": ""}, "هذا الحقل مطلوب"),
        ({"headline": " \u200f "}, "هذا الحقل مطلوب"),
        ({"body": ""}, "هذا الحقل مطلوب"),
        ({"headline": "ط" * 301}, "٣٠٠"),
        ({"topic": ""}, "اختر القسم"),
        ({"topic": "gone"}, "لم يعد موجوداً"),
        ({"more_topics": ["gone"]}, "لم يعد موجوداً"),
        ({"image_url": "javascript:alert(1)"}, "ليس عنوان ويب"),
        ({"url": "mailto:a@b.example"}, "ليس عنوان ويب"),
        ({"related": "كلمات بلا عنوان"}, "ليس عنوان ويب"),
        ({"related": "https://example.org/x"}, "هذا الحقل مطلوب"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_loses_nothing(
    site: Site, session: Session, typed: dict[str, object], complaint: str
) -> None:
    answer = write(site, byline="ريم", **typed)
    assert answer.status_code == 400
    assert complaint in words(answer)
    values = dict(form_of(answer, NEW).form_values())
    assert values["byline"] == "ريم"
    for name in ("headline", "body", "image_url", "url", "related"):
        if name in typed:
            assert values[name].strip() == str(typed[name]).strip()
    assert session.scalar(select(func.count(Article.id))) == 0


def test_what_is_typed_is_sanitised_as_feeds_are(site: Site, session: Session) -> None:
    hostile = (
        "<script>alert(1)</script><p onclick='alert(2)'>نص <a href='javascript:alert(3)'>س</a>"
        "</p><h2>عنوان</h2><p>شاهد أيضاً: <a href='https://example.org/b'>خبر</a></p>"
    )
    made = saved(session, write(site, body=hostile, headline="خبر\u202eمقلوب"))
    assert made.body_html == "<p>نص س</p>\n<h2>عنوان</h2>"
    assert made.headline == "خبرمقلوب"
    assert made.related == [{"title": "خبر", "url": "https://example.org/b"}]


def test_the_card_of_a_mail_is_shown_before_anything_is_saved(site: Site, session: Session) -> None:
    page = site.open(NEW)
    values = dict(form_of(page, NEW).form_values())
    values |= {"headline": "فانوس على الشرفة", "body": "نص.", "topic": "politics"}
    card = site.post("/admin/articles/preview", values)
    assert card.status_code == 200
    assert "فانوس على الشرفة" in card.get_data(as_text=True)
    assert "sandbox" in card.headers["Content-Security-Policy"]
    assert card.headers["X-Frame-Options"] == "SAMEORIGIN"
    missing = site.post("/admin/articles/preview", values | {"headline": ""})
    assert missing.status_code == 400
    assert "هذا الحقل مطلوب" in missing.get_data(as_text=True)
    assert session.scalar(select(func.count(Article.id))) == 0


def test_an_edit_is_a_new_version_and_no_news(
    site: Site, session: Session, newsroom: Newsroom, clock: Clock
) -> None:
    number = newsroom.article("عنوان قديم", "politics")
    before = session.get_one(Article, number).ingested_at
    path = f"/admin/articles/{number}/edit"
    page = site.open(path)
    assert dict(form_of(page, path).form_values())["headline"] == "عنوان قديم"
    answer = site.press(page, path, headline="عنوان جديد", image_alt="وصف", kicker="قبل")
    article = saved(session, answer)
    assert (article.headline, article.kicker, article.image_alt) == ("عنوان جديد", "قبل", "وصف")
    assert (article.revision, article.edited_at) == (2, clock.now)
    assert article.ingested_at == before
    assert "عُدّل هنا" in words(site.open(f"/admin/articles/{number}"))
    stale = site.press(page, path, headline="عنوان ثالث")
    assert stale.status_code == 400
    assert "عدّل أحدهم" in words(stale)
    kept = saved(session, site.press(stale, path))
    assert (kept.headline, kept.revision) == ("عنوان ثالث", 3)


def test_a_body_with_links_and_headings_survives_an_edit(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    body = '<h2>عنوان</h2>\n<p>نص <a href="https://example.org/a">رابط</a></p>\n<ul><li>أ</li></ul>'
    number = newsroom.article("خبر", "politics")
    session.get_one(Article, number).body_html = body
    path = f"/admin/articles/{number}/edit"
    assert saved(session, site.press(site.open(path), path)).body_html == body


def test_what_is_withdrawn_enters_no_edition_until_it_is_put_back(
    site: Site, session: Session, newsroom: Newsroom, clock: Clock
) -> None:
    number = newsroom.article("خبر يُسحب", "politics")
    campaign = Campaign(
        kind=CampaignKind.DIGEST,
        state=CampaignState.PREPARING,
        language="ar",
        window_start=clock.now - timedelta(days=1),
        window_end=clock.now + timedelta(minutes=1),
        created_at=clock.now,
    )
    path = f"/admin/articles/{number}"
    for chosen in (None, [number]):
        campaign.article_ids = chosen
        assert [c.article_id for c in find_candidates(session, campaign)] == [number]
    site.press(site.open(path), "/withdraw")
    assert "مسحوب" in words(site.open(path))
    assert "مسحوب" in words(site.open("/admin/articles"))
    assert site.open(f"/a/{number}").status_code == 410
    assert "خبر يُسحب" not in words(site.open("/"))
    for chosen in (None, [number]):
        campaign.article_ids = chosen
        assert find_candidates(session, campaign) == []
    begun = site.open(f"/admin/campaigns/new?kind=alert&article={number}")
    assert "خبر يُسحب" not in words(begun)
    site.press(site.open(path), "/restore")
    assert [c.article_id for c in find_candidates(session, campaign)] == [number]
    assert site.open(f"/a/{number}").status_code == 200
    done = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert done == ["article.restore", "article.withdraw"]


@pytest.mark.parametrize(
    "typed",
    ["الإمارات", "الامارات", "الأمارات", "إلى", "الي", "مكتبة", "مكتبه", "2025", "٢٠٢٥", "مُكتَبَةٌ"],
)
def test_the_search_folds_the_spellings_of_arabic(
    site: Site, newsroom: Newsroom, typed: str
) -> None:
    newsroom.article("مكتبة متنقلة من الإمارات إلى القرى في ٢٠٢٥", "politics")
    newsroom.article("خبر آخر", "politics")
    found = words(site.open("/admin/articles", query_string={"q": typed}))
    assert "متنقلة" in found
    assert "خبر آخر" not in found


@pytest.mark.parametrize("typed", ["%", "_", "\\", "لا شيء كهذا"])
def test_the_search_takes_wildcards_for_themselves(
    site: Site, newsroom: Newsroom, typed: str
) -> None:
    newsroom.article("خبر", "politics")
    assert "لا نتائج" in words(site.open("/admin/articles", query_string={"q": typed}))


def test_a_page_past_the_end_says_so_and_leads_back(site: Site, newsroom: Newsroom) -> None:
    newsroom.article("خبر", "politics")
    page = site.open("/admin/articles?page=9999&q=خبر")
    assert page.status_code == 200
    assert "تنتهي القائمة قبل هذه الصفحة" in words(page)
    back = tree(page).xpath("//main//a[contains(@class, 'button')]/@href")
    assert any("q=" in href and "page" not in href for href in back)


def test_a_viewer_sees_articles_and_changes_none(desk: Desk, newsroom: Newsroom) -> None:
    number = newsroom.article("خبر", "politics")
    site = desk(Role.VIEWER)
    page = site.open(f"/admin/articles/{number}")
    assert not tree(page).xpath("//main//form[contains(@action, 'withdraw')]")
    assert not tree(page).xpath("//a[contains(@href, '/edit')]")
    assert site.open(f"/admin/articles/{number}/card").status_code == 200
    assert not tree(site.open("/admin/articles")).xpath(f"//a[@href='{NEW}']")
