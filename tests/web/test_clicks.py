"""The links of a campaign's mails: one for all readers, counted, and sent on to where they led
when the campaign was frozen."""

from __future__ import annotations

import re

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.bursts import Bursts
from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState
from app.domain.edition import Design
from app.links import Links
from app.store.tables import Article, Campaign, CampaignLink, LinkClicks, Variant
from app.web.public.click import BURSTS
from tests.domain.test_clicks import CHROME, IPHONE
from tests.web.conftest import Clock
from tests.web.editions import Editions
from tests.web.site import Site

CLICK = re.compile(r"https://levant\.example/c/[\w=-]{32}")


@pytest.fixture
def campaign(editions: Editions, clock: Clock) -> Campaign:
    """A digest of four articles, of which one has a link below it."""
    related = [{"title": "تفاصيل أكثر", "url": "https://levant.example/more"}]
    ids = [editions.article(f"خبر {n}") for n in range(3)]
    ids.append(editions.article("خبر له تتمة", related=related))
    editions.newsroom.reader("a", "politics")
    editions.newsroom.reader("b", "politics")
    return editions.send(*ids, now=clock.now)


def links_of(session: Session, campaign: Campaign) -> list[CampaignLink]:
    query = select(CampaignLink).where(CampaignLink.campaign_id == campaign.id)
    return list(session.scalars(query.order_by(CampaignLink.place)))


def clicks_of(session: Session, campaign: Campaign) -> tuple[int, int]:
    """People and machines."""
    people, machines = session.execute(
        select(func.sum(LinkClicks.people), func.sum(LinkClicks.machines))
        .join(CampaignLink, CampaignLink.id == LinkClicks.link_id)
        .where(CampaignLink.campaign_id == campaign.id)
    ).one()
    return int(people or 0), int(machines or 0)


def click(
    site: Site,
    settings: Settings,
    link: CampaignLink,
    *,
    agent: str = CHROME,
    ip: str = "192.0.2.1",
    method: str = "GET",
) -> TestResponse:
    path = Links(settings).click_url(link.id).removeprefix("https://levant.example")
    return site.client.open(
        path,
        method=method,
        base_url="https://levant.example",
        headers={"User-Agent": agent},
        environ_base={"REMOTE_ADDR": ip},
    )


def test_a_mail_leads_to_its_articles_by_way_of_us(
    site: Site, session: Session, settings: Settings, campaign: Campaign
) -> None:
    variant = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)).one()
    links = links_of(session, campaign)
    assert len(links) == 5
    ours = {Links(settings).click_url(link.id) for link in links}
    assert set(CLICK.findall(variant.html)) == ours
    assert set(CLICK.findall(variant.text)) == ours
    for link in links:
        assert link.url not in variant.html
        assert link.url not in variant.text
        answer = click(site, settings, link)
        assert answer.status_code == 302
        assert answer.location == link.url
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers


def test_the_archive_keeps_the_articles_own_addresses(
    session: Session, site: Site, campaign: Campaign
) -> None:
    page = site.open(f"/archive/{campaign.id}").text
    assert CLICK.findall(page) == []
    assert "https://levant.example/more" in page


@pytest.mark.parametrize(
    ("kind", "design"),
    [
        (CampaignKind.DIGEST, Design.MORNING),
        (CampaignKind.DIGEST, Design.BRIEF),
        (CampaignKind.ALERT, Design.ALERT),
        (CampaignKind.ANNOUNCEMENT, Design.LETTER),
    ],
)
def test_every_design_counts(
    editions: Editions, session: Session, clock: Clock, kind: CampaignKind, design: Design
) -> None:
    body = '<p>نص فيه <a href="https://port.example/plan?x=1&amp;y=2">الخطة كاملة</a>.</p>'
    number = editions.article("خبر", body_html=body)
    editions.newsroom.reader("a", "politics")
    campaign = editions.send(
        *([] if kind is CampaignKind.ANNOUNCEMENT else [number]),
        now=clock.now,
        kind=kind,
        design=design,
        subject="عنوان",
        note="كلمة: https://note.example/page?a=1 وشكراً.",
    )
    variant = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)).one()
    expected = {"https://note.example/page?a=1"}
    if kind is not CampaignKind.ANNOUNCEMENT:
        expected.add(session.get_one(Article, number).url)
    if design is Design.ALERT:
        expected.add("https://port.example/plan?x=1&y=2")
    assert {link.url for link in links_of(session, campaign)} == expected
    for part in (variant.html, variant.text):
        assert len(set(CLICK.findall(part))) == len(expected)
    assert 'href="https://note.example' not in variant.html
    assert ">note.example/page?a=1</a>" in variant.html


def test_where_clicks_are_not_counted_links_stay_plain(
    editions: Editions, session: Session, clock: Clock
) -> None:
    number = editions.article("خبر")
    editions.newsroom.reader("a", "politics")
    plain = Editions(
        session=session,
        sessions=editions.sessions,
        settings=editions.settings.with_(count_clicks=False),
        newsroom=editions.newsroom,
    )
    campaign = plain.send(number, now=clock.now)
    variant = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)).one()
    assert links_of(session, campaign) == []
    assert CLICK.findall(variant.html) == []
    assert session.get_one(Article, number).url in variant.html


def test_clicks_are_counted_by_link_and_hour(
    site: Site, session: Session, settings: Settings, campaign: Campaign, clock: Clock
) -> None:
    first, second = links_of(session, campaign)[:2]
    click(site, settings, first)
    click(site, settings, first, ip="198.51.100.7", agent=IPHONE)
    clock.advance(hours=1)
    click(site, settings, first, ip="203.0.113.9")
    click(site, settings, second, ip="203.0.113.9")
    query = select(LinkClicks.link_id, LinkClicks.people).order_by(
        LinkClicks.link_id, LinkClicks.hour
    )
    assert [tuple(row) for row in session.execute(query)] == [
        (first.id, 2),
        (first.id, 1),
        (second.id, 1),
    ]


def test_machines_are_counted_apart(
    site: Site, session: Session, settings: Settings, campaign: Campaign
) -> None:
    link = links_of(session, campaign)[0]
    assert click(site, settings, link, method="HEAD").status_code == 302
    click(site, settings, link, agent="curl/8.5.0")
    click(site, settings, link, agent="")
    click(site, settings, link)
    assert clicks_of(session, campaign) == (1, 3)


def test_who_opens_all_links_within_seconds_of_the_hand_over_is_a_machine(
    site: Site, session: Session, settings: Settings, campaign: Campaign
) -> None:
    links = links_of(session, campaign)
    click(site, settings, links[0], ip="198.51.100.7")
    for link in links:
        assert click(site, settings, link).location == link.url
    assert clicks_of(session, campaign) == (1, 5)


def test_many_readers_of_one_network_are_no_machine(
    site: Site, session: Session, settings: Settings, campaign: Campaign, clock: Clock
) -> None:
    links = links_of(session, campaign)
    for _ in range(3):
        for link in links[:2]:
            click(site, settings, link)
        clock.advance(seconds=5)
        click(site, settings, links[2])
        clock.advance(seconds=5)
    assert clicks_of(session, campaign) == (9, 0)


def test_who_opens_one_link_again_and_again_is_a_machine(
    site: Site, session: Session, settings: Settings, campaign: Campaign
) -> None:
    link = links_of(session, campaign)[0]
    for _ in range(25):
        click(site, settings, link)
    assert clicks_of(session, campaign) == (20, 5)


def test_later_a_quick_reader_is_still_a_reader(
    site: Site, session: Session, settings: Settings, campaign: Campaign, clock: Clock
) -> None:
    campaign.state, campaign.finished_at = CampaignState.FINISHED, clock.now
    session.flush()
    clock.advance(hours=3)
    for link in links_of(session, campaign):
        click(site, settings, link)
    assert clicks_of(session, campaign) == (5, 0)


def test_nothing_of_the_reader_is_kept(
    site: Site, session: Session, settings: Settings, campaign: Campaign, redis_url: str
) -> None:
    click(site, settings, links_of(session, campaign)[0], ip="198.51.100.7", agent=IPHONE)
    with Redis.from_url(redis_url) as redis:
        keys = list(redis.keys("nashra:burst:*"))
        assert len(keys) == 2
        for key in keys:
            assert b"198.51.100.7" not in key
            assert b"iPhone" not in key
            assert 0 < redis.ttl(key) <= 30
    assert {column.name for column in LinkClicks.__table__.columns} == {
        "link_id",
        "hour",
        "people",
        "machines",
    }


def test_without_redis_clicks_still_lead_on_and_count(
    site: Site, session: Session, settings: Settings, campaign: Campaign
) -> None:
    away = Bursts(settings.with_(redis_url="redis://127.0.0.1:1/0"))
    site.client.application.extensions[BURSTS] = away
    for link in links_of(session, campaign):
        assert click(site, settings, link).status_code == 302
    assert clicks_of(session, campaign) == (5, 0)


@pytest.mark.parametrize(
    "token",
    ["x", "A" * 32, "https%3A%2F%2Fevil.example", "//evil.example", "?url=https://evil.example"],
)
def test_a_link_that_is_not_ours_leads_nowhere(site: Site, token: str) -> None:
    answer = site.open(f"/c/{token}", follow_redirects=True)
    assert answer.status_code == 404
    assert all(visited.request.host == "levant.example" for visited in answer.history)


def test_a_token_of_another_purpose_leads_nowhere(
    site: Site, session: Session, settings: Settings, campaign: Campaign
) -> None:
    link = links_of(session, campaign)[0]
    web = Links(settings).web_version_url(link.id).rpartition("/")[2]
    assert site.open(f"/c/{web}").status_code == 404
    gone = Links(settings).click_url(link.id + 1_000_000).rpartition("/")[2]
    assert site.open(f"/c/{gone}").status_code == 404
    address = Links(settings).click_url(link.id).removeprefix("https://levant.example")
    assert site.open(f"{address}?url=https://evil.example").location == link.url
