"""The news site around the newsletter box: front page, articles, date line, languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.store.tables import Topic
from app.web.public.front import SECTION_LENGTH
from tests.web.articles import add_article, add_picture, add_source
from tests.web.conftest import Clock, make_app
from tests.web.site import Site, form_of, tree, words


def test_an_empty_site_has_its_frame_and_the_box(site: Site) -> None:
    page = site.open("/")
    root = tree(page)
    assert (page.status_code, root.get("lang"), root.get("dir")) == (200, "ar", "rtl")
    assert root.xpath("//header//time")[0].text_content() == "الأربعاء ٢٢ / يناير / ٢٠٢٥"
    (switch,) = root.xpath("//button[@data-theme-switch]")
    assert switch.text_content().strip() == "الوضع المظلم"
    assert switch.get("hidden") is not None  # a script shows it: without one it would do nothing
    assert "النشرة الإخبارية" in words(page)
    assert "اشترك في قائمتنا البريدية للحصول على التحديثات الجديدة!" in words(page)
    assert root.xpath("//fieldset//label/input[@name='topics']/@value") == ["politics", "economy"]
    assert root.xpath("//input[@name='cadence']/@value") == ["instant", "daily", "weekly"]


def test_the_lead_is_the_newest_with_a_picture_and_stands_once(
    site: Site, session: Session, topics: list[Topic]
) -> None:
    source = add_source(session, topics[0], site.clock.now)
    add_picture(session, "https://img.example/1.jpg", site.clock.now)
    for age in range(8):
        add_article(
            session,
            source,
            topics[age % 2],
            site.clock.now - timedelta(hours=age),
            headline=f"خبر رقم {age}",
            image_url="https://img.example/1.jpg" if age in (2, 4) else "",
            image_caption="المرفأ / أرشيف",
            byline="ليفانت-وكالات",
        )
    page = site.open("/")
    (lead,) = tree(page).xpath("//article[@class='lead']")
    assert lead.findtext("h2/a") == "خبر رقم 2"
    assert "المرفأ / أرشيف" in lead.text_content()
    assert "ليفانت-وكالات" in lead.text_content()
    assert page.get_data(as_text=True).count("خبر رقم 2") == 1
    sections = tree(page).xpath("//section[@class='section']")
    assert [section.findtext("h2") for section in sections] == ["سياسة", "اقتصاد"]
    politics = [link.text for link in sections[0].xpath(".//h3/a")]
    assert politics == ["خبر رقم 0", "خبر رقم 4", "خبر رقم 6"]
    economy = [link.text for link in sections[1].xpath(".//h3/a")]
    assert economy == [f"خبر رقم {age}" for age in (1, 3, 5, 7)]
    assert len(economy) <= SECTION_LENGTH


def test_an_article_has_every_part_of_the_page(
    site: Site, session: Session, topics: list[Topic]
) -> None:
    source = add_source(session, topics[0], site.clock.now)
    article = add_article(
        session,
        source,
        topics[0],
        site.clock.now,
        kicker="نقل بحري",
        headline="المرفأ <يفتح> رصيفه",
        standfirst="بعد عامين من العمل",
        body_html="<p>وصلت السفينة.</p>",
        image_url="https://img.example/1.jpg",
        image_alt="سفينة",
        image_caption="المرفأ / أرشيف",
        byline="ليفانت-وكالات",
        related=[{"title": "قصة أخرى", "url": "https://levant.example/a/9"}],
    )
    add_article(session, source, topics[0], site.clock.now, headline="خبر ثانٍ")
    add_picture(session, article.image_url, site.clock.now)
    page = site.open(f"/a/{article.id}")
    text = words(page)
    for part in (
        "سياسة",
        "نقل بحري",
        "المرفأ <يفتح> رصيفه",
        "بعد عامين من العمل",
        "وصلت السفينة.",
        "المرفأ / أرشيف",
        "ليفانت-وكالات",
        "اقرأ أيضاً: قصة أخرى",
        "الأربعاء ٢٢ / يناير / ٢٠٢٥ · ٠٨:٣٠",
        "المزيد من قسم سياسة",
        "خبر ثانٍ",
        "النشرة الإخبارية",
    ):
        assert part in text
    assert tree(page).xpath("//article//img/@alt") == ["سفينة"]
    assert tree(page).xpath("//p[@class='related']/a/@href") == ["https://levant.example/a/9"]


@pytest.mark.parametrize("path", ["/a/1", "/a/99999999999999999999999", "/a/x", "/a/-1"])
def test_an_article_that_is_not_there_is_a_clear_404(site: Site, path: str) -> None:
    page = site.open(path)
    assert page.status_code == 404
    assert "لا توجد صفحة بهذا العنوان" in words(page)


def test_english_is_one_press_away_and_stays(site: Site) -> None:
    (switch,) = tree(site.open("/subscribe")).xpath("//a[@class='language-switch']")
    assert (switch.get("href"), switch.get("lang")) == ("/subscribe?lang=en", "en")
    page = site.open(switch.get("href"))
    root = tree(page)
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
    assert root.xpath("//header//time")[0].text == "Wednesday, 22 January 2025"
    assert root.xpath("//a[@class='brand']/@href") == ["/?lang=en"]
    assert form_of(page, "/subscribe").get("action") == "/subscribe?lang=en"
    later = site.open("/")  # by the cookie
    assert tree(later).get("lang") == "en"
    assert tree(site.open("/?lang=ar")).get("dir") == "rtl"
    assert tree(site.open("/")).get("lang") == "ar"


def test_who_keeps_no_cookies_keeps_the_language_in_the_links(app: Flask, site: Site) -> None:
    bare = app.test_client(use_cookies=False)
    page = bare.get("/?lang=en", base_url="https://levant.example")
    (home,) = tree(page).xpath("//a[@class='brand']/@href")
    again = bare.get(home, base_url="https://levant.example")
    assert tree(again).get("lang") == "en"
    ignored = bare.get("/?lang=xx", base_url="https://levant.example")
    assert tree(ignored).get("lang") == "ar"


@pytest.mark.parametrize(
    ("months", "digits", "shown"),
    [
        ("gregorian", "latn", "الأربعاء 22 / يناير / 2025"),
        ("levantine", "arab", "الأربعاء ٢٢ / كانون الثاني / ٢٠٢٥"),
    ],
)
def test_the_date_line_follows_the_settings(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    topics: list[Topic],
    months: str,
    digits: str,
    shown: str,
) -> None:
    app = make_app(settings.with_(months=months, digits=digits), sessions, clock)
    page = app.test_client().get("/", base_url="https://levant.example")
    assert tree(page).xpath("//header//time")[0].text == shown


def test_lists_are_numbered_as_the_page_writes_its_numbers(site: Site) -> None:
    pages = [tree(site.open(f"/?lang={code}")) for code in ("ar", "en")]
    assert [page.get("data-digits") for page in pages] == ["arab", None]


def test_static_files_carry_a_hash_and_are_kept(site: Site) -> None:
    root = tree(site.open("/"))
    files = root.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    assert len(files) >= 3
    for address in files:
        assert "?v=" in address
        answer = site.open(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()
    plain = site.open(files[0].partition("?")[0])
    assert "immutable" not in plain.headers["Cache-Control"]
    plain.close()
