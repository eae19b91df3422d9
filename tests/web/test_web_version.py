"""The web version: the frozen mail for everybody, with nobody's links in it."""

from __future__ import annotations

import re

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState
from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from app.links import Links
from app.store.tables import Article, Campaign, Variant
from tests.web.editions import Editions
from tests.web.site import BASE, Site, tree


def web_urls(session: Session, campaign: Campaign) -> dict[int, str]:
    """The address in each variant's mail, by the variant's id."""
    variants = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id))
    return {
        v.id: found[0] for v in variants if (found := re.search(r"https://\S+/w/[\w-]+", v.html))
    }


def test_the_link_in_the_mail_opens_the_mail(site: Site, editions: Editions) -> None:
    editions.newsroom.reader("all")
    article = editions.article("افتتاح الجسر الجديد")
    campaign = editions.send(article, now=site.clock.now, note="كلمة من المحررين")
    [url] = web_urls(editions.session, campaign).values()
    page = site.open(url.removeprefix(BASE))
    assert page.status_code == 200
    frozen = editions.session.scalars(select(Variant.html)).one()
    shown = page.get_data(as_text=True)
    plain = shown.replace("\n<main>", "").replace("</main>\n", "")
    for slot in (f"/u/{UNSUBSCRIBE_SLOT}", f"/p/{PREFERENCES_SLOT}"):
        assert slot in frozen
        frozen = frozen.replace(slot, "/subscribe?lang=ar")
    assert plain == frozen
    assert "slot" not in shown
    for link in tree(page).xpath("//a/@href"):
        if link.startswith(f"{BASE}/subscribe"):
            assert site.open(link.removeprefix(BASE)).status_code == 200


def test_styles_may_stand_in_it_and_nothing_else(site: Site, editions: Editions) -> None:
    editions.newsroom.reader("all")
    campaign = editions.send(editions.article("خبر"), now=site.clock.now)
    [url] = web_urls(editions.session, campaign).values()
    headers = site.open(url.removeprefix(BASE)).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert "script-src" not in policy
    assert "allow-scripts" not in policy["sandbox"]
    assert "allow-same-origin" not in policy["sandbox"]
    assert policy["form-action"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe-inline" not in site.open("/").headers["Content-Security-Policy"]


def test_each_variant_has_its_own_address_and_its_readers_share_it(
    site: Site, editions: Editions
) -> None:
    newsroom = editions.newsroom
    newsroom.reader("politics", "politics")
    newsroom.reader("politics too", "politics")
    newsroom.reader("sport", "sport")
    editions.article("خبر سياسي", "politics")
    editions.article("خبر رياضي", "sport")
    campaign = editions.send(now=site.clock.now)
    urls = web_urls(editions.session, campaign)
    assert len(urls) == len(set(urls.values())) == 2
    links = Links(editions.settings)
    for number, url in urls.items():
        assert links.read_web_version(url.rpartition("/")[2]) == number
    pages = {site.open(url.removeprefix(BASE)).data for url in urls.values()}
    assert sum("خبر سياسي".encode() in page for page in pages) == 1
    assert sum("خبر رياضي".encode() in page for page in pages) == 1


def test_it_stays_as_it_was_sent_whatever_becomes_of_the_article_and_the_campaign(
    site: Site, editions: Editions
) -> None:
    editions.newsroom.reader("all")
    article = editions.article("كما أُرسل")
    campaign = editions.send(article, now=site.clock.now, kind=CampaignKind.ALERT)
    [url] = web_urls(editions.session, campaign).values()
    before = site.open(url.removeprefix(BASE)).data
    editions.session.execute(
        update(Article).where(Article.id == article).values(headline="كما صُحّح")
    )
    editions.session.execute(update(Campaign).values(state=CampaignState.CANCELLED))
    editions.session.commit()
    assert site.open(url.removeprefix(BASE)).data == before


def test_other_tokens_and_forged_ones_open_nothing(site: Site, editions: Editions) -> None:
    editions.newsroom.reader("all")
    campaign = editions.send(editions.article("خبر"), now=site.clock.now)
    [(number, url)] = web_urls(editions.session, campaign).items()
    links = Links(editions.settings)
    forged = url[:-1] + ("A" if url[-1] != "A" else "B")
    for token in (
        forged.rpartition("/")[2],
        str(number),
        links.unsubscribe_token(1, number),
        links.preferences_token(0, number),
        links.web_version_url(number + 1).rpartition("/")[2],
        links.web_version_url(2**64 - 1).rpartition("/")[2],
        "ا" * 32,
    ):
        assert site.open(f"/w/{token}").status_code == 404
    assert site.open(f"/u/{url.rpartition('/')[2]}").status_code == 404


def test_a_slot_that_a_feed_wrote_stays_dead(site: Site, editions: Editions) -> None:
    editions.newsroom.reader("all")
    hostile = editions.article(f"خبر {BASE}/u/{UNSUBSCRIBE_SLOT}")
    campaign = editions.send(hostile, now=site.clock.now)
    [url] = web_urls(editions.session, campaign).values()
    page = site.open(url.removeprefix(BASE)).get_data(as_text=True)
    assert UNSUBSCRIBE_SLOT not in page
    assert tree(site.open(url.removeprefix(BASE))).xpath("//script") == []
