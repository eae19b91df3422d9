"""The report of a campaign: what was refused, who left and what was clicked, beside others."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.clicks import hour_of
from app.domain.staff import Role
from app.links import Links
from app.store.clicks import count
from app.store.tables import Campaign, CampaignLink, Chunk
from app.usecases.consent import Origin, Wording
from app.usecases.handle_feedback import handle_feedback
from app.usecases.manage_subscription import take_back, unsubscribe
from tests.mail.reports.messages import bounce, complaint
from tests.web.admin.conftest import Desk
from tests.web.editions import Editions
from tests.web.site import Site, tree, words


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.VIEWER)


def finished(session: Session, site: Site, editions: Editions, *headlines: str) -> Campaign:
    """A digest that has gone out to everybody within a hundred seconds."""
    ids = [editions.article(headline) for headline in headlines]
    campaign = editions.send(*ids, now=site.clock.now)
    for chunk in session.scalars(select(Chunk).where(Chunk.campaign_id == campaign.id)):
        chunk.sent = chunk.last - chunk.first + 1
    campaign.state = CampaignState.FINISHED
    campaign.started_at = site.clock.now - timedelta(seconds=100)
    campaign.finished_at = site.clock.now
    session.flush()
    return campaign


def links_of(session: Session, campaign: Campaign) -> list[CampaignLink]:
    query = select(CampaignLink).where(CampaignLink.campaign_id == campaign.id)
    return list(session.scalars(query.order_by(CampaignLink.place)))


def figures(page: object, caption: str) -> list[list[str]]:
    """The rows of the table in the section of this title."""
    rows = tree(page).xpath(f'//section[h2="{caption}"]/table/tbody/tr')
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_clicks_are_shown_by_link_and_hour(
    site: Site, session: Session, editions: Editions
) -> None:
    editions.newsroom.reader("a", "politics")
    campaign = finished(session, site, editions, "خبر أول", "خبر ثانٍ")
    first, second = links_of(session, campaign)
    hour = hour_of(site.clock.now)
    count(session, first.id, hour, people=3, machines=7)
    count(session, second.id, hour, people=9)
    count(session, second.id, hour + timedelta(hours=2), people=4)
    site.clock.advance(hours=5)
    page = site.open(f"/admin/campaigns/{campaign.id}")
    rows = figures(page, "النقرات")
    assert [(row[0].split(" https")[0], row[1], row[3]) for row in rows] == [
        ("خبر ثانٍ", "١٣", "٠"),
        ("خبر أول", "٣", "٧"),
    ]
    assert "ورُصدت ٧ نقرات آلية" in words(page)
    assert "لا يُسجَّل أي قارئ" in words(page)
    drawn = tree(page).xpath('//figure[@class="hours"]//rect')
    assert [bar.get("height") for bar in drawn] == ["180.0", "60.0"]
    assert float(drawn[0].get("x")) > float(drawn[1].get("x")), "Arabic reads from the right"
    hours = tree(page).xpath('//figure[@class="hours"]//tbody/tr/td')
    assert [cell.text_content() for cell in hours] == ["١٢", "٤"]
    assert "style=" not in page.text


def test_the_report_says_who_left_and_how_fast_it_was(
    site: Site, session: Session, editions: Editions
) -> None:
    readers = [editions.newsroom.reader(f"r{n}", "politics") for n in range(4)]
    campaign = finished(session, site, editions, "خبر")
    chunk = session.scalars(select(Chunk).where(Chunk.campaign_id == campaign.id)).one()
    chunk.sent, chunk.failed = 3, 1
    links, here = Links(editions.settings), Origin(place="one-click", ip=None, user_agent="")
    for reader in readers[:2]:
        token = links.read_unsubscribe(links.unsubscribe_token(reader, campaign.id))
        unsubscribe(session, now=site.clock.now, token=token, origin=here)
    take_back(
        session,
        now=site.clock.now,
        token=token,
        origin=here,
        wording=Wording(text="x", version="1-ar"),
    )
    page = site.open(f"/admin/campaigns/{campaign.id}")
    tiles = [
        " ".join(dd.text_content().split()) for dd in tree(page).xpath('//*[@class="tiles"]//dd')
    ]
    assert tiles == [
        *("٣ من أصل ٤", "١ ٢٥٪", "١ ٢٥٪", "٠ ٠٪", "٠ ٠٪"),
        *("١ ٣٣٪", "٠ ٠ لكل مئة رسالة", "دقيقة واحدة", "٠٫٠٣"),
    ]


def returned(
    session: Session,
    site: Site,
    editions: Editions,
    campaign: Campaign,
    number: int,
    message: bytes,
) -> None:
    """A report about the mail to the reader of this number comes in."""
    links = Links(editions.settings)
    handle_feedback(
        session,
        links,
        now=site.clock.now,
        recipient=links.bounce_address(campaign.id, number),
        message=message,
    )
    session.flush()


def test_what_was_refused_at_once_and_what_bounced_later_stand_apart_and_together(
    site: Site, session: Session, editions: Editions
) -> None:
    for n in range(8):
        editions.newsroom.reader(f"r{n}", "politics")
    campaign = finished(session, site, editions, "خبر")
    chunk = session.scalars(select(Chunk).where(Chunk.campaign_id == campaign.id)).one()
    chunk.sent, chunk.failed = 6, 2
    dead = bounce(words="550 5.1.1 المستخدم غير موجود")
    for number, message in enumerate([dead, dead, bounce("5.2.2", "552 full"), complaint()], 1):
        for _ in range(2):
            returned(session, site, editions, campaign, number, message)
    page = site.open(f"/admin/campaigns/{campaign.id}")
    terms = [dt.text_content() for dt in tree(page).xpath('//*[@class="tiles"]//dt')]
    tiles = [
        " ".join(dd.text_content().split()) for dd in tree(page).xpath('//*[@class="tiles"]//dd')
    ]
    assert dict(zip(terms, tiles, strict=True)) == {
        "تسلّمها خادم البريد": "٦ من أصل ٨",
        "لم تصل": "٥ ٦٢٪",
        "رُفضت فوراً": "٢ ٢٥٪",
        "ارتدّت لاحقاً": "٣ ٣٨٪",
        "عُدّت مزعجة": "١ ١٢٪",
        "غادروا": "١ ١٧٪",
        "النقرات": "٠ ٠ لكل مئة رسالة",
        "المدة": "دقيقة واحدة",
        "الرسائل في الثانية": "٠٫٠٦",
    }
    assert "لم يصل أكثر من رسالتين في المئة" in words(page)
    (row,) = table(site, campaign, "summary")
    names = ("refused", "bounced_for_good", "bounced_this_time", "marked_as_spam")
    assert [row[name] for name in names] == ["2", "2", "1", "1"]
    listed = site.open(tree(page).xpath('//a[contains(@href, "state=returned")]/@href')[0])
    said = [q.text_content() for q in tree(listed).xpath('//q[@class="server"]')]
    assert said == ["550 5.1.1 المستخدم غير موجود"] * 2 + ["552 full", "—"]
    reader = site.open(tree(listed).xpath("//table//th/a/@href")[0])
    assert "ارتدّت نهائياً 550 5.1.1 المستخدم غير موجود" in words(reader)
    assert "الصندوق يرفض الرسائل" in words(reader)


def test_where_nothing_came_back_the_list_says_so(
    site: Site, session: Session, editions: Editions
) -> None:
    editions.newsroom.reader("a", "politics")
    campaign = finished(session, site, editions, "خبر")
    listed = site.open(f"/admin/campaigns/{campaign.id}/deliveries?state=returned")
    assert "لم يرتدّ شيء من هذه الحملة" in words(listed)


def test_a_campaign_stands_beside_the_five_before_it(
    site: Site, session: Session, editions: Editions
) -> None:
    editions.newsroom.reader("a", "politics")
    before = [finished(session, site, editions, f"خبر {n}") for n in range(7)]
    alert = editions.article("عاجل")
    editions.send(alert, now=site.clock.now)
    this = finished(session, site, editions, "خبر أخير")
    count(session, links_of(session, before[-1])[0].id, site.clock.now, people=1)
    page = site.open(f"/admin/campaigns/{this.id}")
    rows = figures(page, "مقارنة بما سبقها")
    assert [row[0] for row in rows] == ["هذه الحملة", *(f"خبر {n}" for n in (6, 5, 4, 3, 2))]
    assert rows[1][5] == "١٠٠"


def test_where_clicks_are_not_counted_the_page_says_so(
    site: Site, session: Session, editions: Editions
) -> None:
    editions.newsroom.reader("a", "politics")
    campaign = finished(session, site, editions, "خبر")
    assert "لم يفتح أحد رابطاً بعد." in words(site.open(f"/admin/campaigns/{campaign.id}"))
    for link in links_of(session, campaign):
        session.delete(link)
    page = site.open(f"/admin/campaigns/{campaign.id}")
    assert "ليس في هذه الحملة روابط تُحصى نقراتها." in words(page)


def table(site: Site, campaign: Campaign, part: str) -> list[dict[str, str]]:
    answer = site.open(f"/admin/campaigns/{campaign.id}/report.csv?part={part}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_report_comes_as_csv(site: Site, session: Session, editions: Editions) -> None:
    editions.newsroom.reader("a", "politics")
    earlier = finished(session, site, editions, "خبر")
    campaign = finished(session, site, editions, "=HYPERLINK(1)")
    link = links_of(session, campaign)[0]
    count(session, link.id, hour_of(site.clock.now), people=2, machines=1)
    summary = table(site, campaign, "summary")
    assert [int(row["campaign"]) for row in summary] == [campaign.id, earlier.id]
    assert (summary[0]["sent"], summary[0]["clicks"], summary[0]["clicks_of_machines"]) == (
        *("1", "2", "1"),
    )
    assert (summary[0]["seconds"], summary[0]["mails_per_second"]) == ("100", "0.01")
    assert table(site, campaign, "links") == [
        {
            "title": "'=HYPERLINK(1)",
            "address": link.url,
            "clicks": "2",
            "clicks_of_machines": "1",
        }
    ]
    assert table(site, campaign, "hours") == [{"hour": "2025-01-22T08:00:00+02:00", "clicks": "2"}]
    assert site.open(f"/admin/campaigns/{campaign.id}/report.csv?part=x").status_code == 404
