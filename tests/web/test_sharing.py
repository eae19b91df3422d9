"""What pages say of themselves: share cards, structured data, the feed, the map, the robots."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from lxml import etree
from sqlalchemy import update

from app.domain.campaign import CampaignKind, CampaignState
from app.store.tables import Campaign
from app.usecases.archive_edition import set_public
from tests.web.editions import Editions
from tests.web.site import BASE, Site, tree

HOSTILE = "</script><script>alert(1)</script><!--\"'> ]]> خبر"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def reader(editions: Editions) -> int:
    return editions.newsroom.reader("all")


def meta(site: Site, path: str) -> dict[str, str]:
    found = tree(site.open(path)).xpath("//head/meta[@property or @name]")
    return {one.get("property") or one.get("name"): one.get("content") for one in found}


def data(site: Site, path: str) -> dict[str, Any]:
    [script] = tree(site.open(path)).xpath("//script[@type='application/ld+json']")
    known: dict[str, Any] = json.loads(script.text)
    return known


def canonical(site: Site, path: str) -> str:
    [link] = tree(site.open(path)).xpath("//link[@rel='canonical']/@href")
    return str(link)


def test_an_edition_has_a_card_with_its_lead_picture(
    site: Site, editions: Editions, reader: int
) -> None:
    picture = "https://pictures.example/a.jpg"
    own = f"{BASE}/i/{editions.picture(picture)}.jpg"
    first = editions.article("بلا صورة", standfirst="خلاصة")
    second = editions.article("مع صورة", image_url=picture, image_alt="ميناء عند الفجر")
    number = editions.send(first, second, now=site.clock.now).id
    card = meta(site, f"/archive/{number}?lang=en")
    assert card["og:title"] == "بلا صورة"
    assert card["og:description"] == card["description"] == "خلاصة"
    assert card["og:type"] == "article"
    assert card["og:url"] == canonical(site, f"/archive/{number}") == f"{BASE}/archive/{number}"
    assert (card["og:image"], card["og:image:alt"]) == (own, "ميناء عند الفجر")
    assert (card["og:image:width"], card["og:image:height"]) == ("1200", "675")
    assert meta(site, f"/a/{second}")["og:image"] == own
    assert card["og:locale"] == "ar_AR"
    assert card["twitter:card"] == "summary_large_image"
    known = data(site, f"/archive/{number}")
    assert known["@type"] == "CollectionPage"
    listed = known["mainEntity"]["itemListElement"]
    assert [(one["position"], one["url"]) for one in listed] == [
        (1, f"{BASE}/a/{first}"),
        (2, f"{BASE}/a/{second}"),
    ]


def test_without_a_picture_the_drawn_card_stands_in(
    site: Site, editions: Editions, reader: int
) -> None:
    number = editions.send(editions.article("خبر"), now=site.clock.now).id
    for path in (f"/archive/{number}", "/"):
        card = meta(site, path)
        assert (card["og:image:width"], card["og:image:height"]) == ("1200", "630")
        answer = site.open(card["og:image"].removeprefix(BASE))
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.data[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
        answer.close()


def test_an_alert_and_an_article_are_news_articles(
    site: Site, editions: Editions, reader: int
) -> None:
    article = editions.article("خبر عاجل", byline="ليفانت-وكالات")
    number = editions.send(article, now=site.clock.now, kind=CampaignKind.ALERT).id
    for path in (f"/archive/{number}", f"/a/{article}"):
        known = data(site, path)
        assert known["@type"] == "NewsArticle", path
        assert known["headline"] == "خبر عاجل"
        assert known["url"] == canonical(site, path) == f"{BASE}{path}"
    assert data(site, f"/a/{article}")["author"]["name"] == "ليفانت-وكالات"


@pytest.mark.parametrize("kind", [CampaignKind.DIGEST, CampaignKind.ALERT])
def test_a_hostile_headline_stays_text_in_cards_data_feed_and_map(
    site: Site, editions: Editions, reader: int, kind: CampaignKind
) -> None:
    article = editions.article(
        HOSTILE, standfirst=HOSTILE, byline=HOSTILE, image_alt=HOSTILE, image_url="javascript:x"
    )
    number = editions.send(article, now=site.clock.now, kind=kind).id
    for path in (f"/archive/{number}", f"/a/{article}"):
        page = site.open(path)
        assert meta(site, path)["og:title"] == HOSTILE
        known = data(site, path)
        assert HOSTILE in (known.get("headline"), known.get("name"))
        assert b"<script>alert" not in page.data
        scripts = tree(page).xpath("//script[not(@src)]")
        assert [script.get("type") for script in scripts] == ["application/ld+json"]
        assert "javascript:" not in str(meta(site, path).values())
    rss = etree.fromstring(site.open("/archive/feed.xml").data)
    assert rss.findtext("channel/item/title") == HOSTILE
    assert "<script" not in str(rss.findtext("channel/item/description"))
    etree.fromstring(site.open("/sitemap.xml").data)


def test_the_feed_is_read_without_a_complaint(site: Site, editions: Editions, reader: int) -> None:
    moment = site.clock.now
    numbers = [
        editions.send(
            editions.article(f"خبر {day} \ufffe"),
            now=moment + timedelta(days=day),
            note="كلمة المحرر" if day else "",
        ).id
        for day in range(2)
    ]
    answer = site.open("/archive/feed.xml")
    assert answer.mimetype == "application/rss+xml"
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    assert feed.version == "rss20"
    assert feed.feed.link == f"{BASE}/archive"
    assert feed.feed.language == "ar"
    assert feed.feed.title == "نشرة ليفانت الإخبارية"
    assert site.open("/archive/feed.xml?lang=en").data == answer.data
    assert [one.link for one in feed.entries] == [
        f"{BASE}/archive/{number}" for number in reversed(numbers)
    ]
    assert [one.id for one in feed.entries] == [one.link for one in feed.entries]
    assert "كلمة المحرر" in feed.entries[0].summary
    assert parsedate_to_datetime(feed.entries[1].published) == moment
    rss = etree.fromstring(answer.data)
    own = rss.find("channel/{http://www.w3.org/2005/Atom}link")
    assert own is not None
    assert own.get("href") == f"{BASE}/archive/feed.xml"
    [linked] = tree(site.open("/")).xpath("//link[@rel='alternate'][contains(@type, 'rss')]/@href")
    assert linked == "/archive/feed.xml"


def test_the_feed_says_when_it_is_the_same_and_when_not(
    site: Site, editions: Editions, reader: int
) -> None:
    assert site.open("/archive/feed.xml").status_code == 200
    campaign = editions.send(editions.article("خبر"), now=site.clock.now)
    first = site.open("/archive/feed.xml")
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (by_tag, by_date):
        same = site.open("/archive/feed.xml", headers=headers)
        assert (same.status_code, same.data) == (304, b"")
    site.clock.advance(hours=1)
    set_public(editions.session, now=site.clock.now, campaign_id=campaign.id, public=False)
    for headers in (by_tag, by_date):
        hidden = site.open("/archive/feed.xml", headers=headers)
        assert hidden.status_code == 200
        assert b"<item>" not in hidden.data


def test_a_cancelled_edition_leaves_the_feed_of_those_who_ask_by_date(
    site: Site, editions: Editions, reader: int
) -> None:
    campaign = editions.send(editions.article("خبر"), now=site.clock.now)
    date = site.open("/archive/feed.xml").headers["Last-Modified"]
    site.clock.advance(hours=1)
    editions.session.execute(
        update(Campaign)
        .where(Campaign.id == campaign.id)
        .values(state=CampaignState.CANCELLED, finished_at=site.clock.now)
    )
    assert site.open("/archive/feed.xml", headers={"If-Modified-Since": date}).status_code == 200


def test_the_map_lists_what_may_be_found_and_robots_keep_out_of_the_rest(
    site: Site, editions: Editions, reader: int
) -> None:
    article = editions.article("خبر")
    number = editions.send(article, now=site.clock.now).id
    answer = site.open("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    urls = {
        str(url.findtext(f"{SITEMAP}loc")): url.findtext(f"{SITEMAP}lastmod")
        for url in etree.fromstring(answer.data)
    }
    for path in ("/", "/archive", "/archive/2025/1", f"/archive/{number}", f"/a/{article}"):
        assert f"{BASE}{path}" in urls
        assert site.open(path).status_code == 200
    assert urls[f"{BASE}/archive/{number}"] == "2025-01-22T06:30:00+00:00"
    robots = site.open("/robots.txt").get_data(as_text=True).splitlines()
    assert f"Sitemap: {BASE}/sitemap.xml" in robots
    closed = [line.removeprefix("Disallow: ") for line in robots if line.startswith("Disallow")]
    for path in ("/u/x", "/p/x", "/w/x", "/confirm/x", "/admin/", "/archive/search?q=x"):
        assert any(path.startswith(one) for one in closed), path
    assert not any(url.removeprefix(BASE).startswith(one) for one in closed for url in urls)
