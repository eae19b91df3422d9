"""A campaign as editors watch it: how far it is, what went wrong, what is to be decided; and the
list in which it is found again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import ChunkState, DeliveryState
from app.domain.staff import Role
from app.store.tables import AuditEvent, Campaign, Chunk, Delivery, Edition
from tests.store.ledger_rows import add_campaign, states
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def under_way(session: Session, site: Site, *, readers: int = 10) -> tuple[Campaign, Chunk]:
    """A campaign that began a hundred seconds ago."""
    chunk = add_campaign(session, site.clock.now, readers=readers, policy=UncertainPolicy.HOLD)
    campaign = session.get_one(Campaign, chunk.campaign_id)
    campaign.subject = "نشرة المساء"
    campaign.prepared_at = campaign.started_at = site.clock.now - timedelta(seconds=100)
    return campaign, chunk


def uncertain(session: Session, campaign: Campaign, chunk: Chunk, *ordinals: int) -> None:
    """All else is sent, and of these nobody knows."""
    for ordinal in range(chunk.first, chunk.last + 1):
        delivery = session.get_one(Delivery, (campaign.id, ordinal))
        delivery.state = DeliveryState.UNKNOWN if ordinal in ordinals else DeliveryState.SENT
        delivery.attempt = 1
        if ordinal in ordinals:
            delivery.reply = "the connection was lost after the final dot"
    chunk.state, chunk.unknown = ChunkState.DONE, len(ordinals)
    chunk.sent = campaign.audience - len(ordinals)
    campaign.state, campaign.finished_at = CampaignState.NEEDS_REVIEW, datetime.now().astimezone()


def page_of(campaign: Campaign) -> str:
    return f"/admin/campaigns/{campaign.id}"


def test_the_rate_is_taken_since_the_question_before(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site, readers=1_000)
    chunk.sent = 200
    asked = f"{page_of(campaign)}/progress"
    first = site.open(asked).json
    assert first is not None
    assert (first["phase"], first["pace"]) == ("sending", "٢ في الثانية")
    assert first["left"] == "بقي نحو ٦ دقائق"
    site.clock.advance(seconds=10)
    chunk.sent = 600
    then = site.open(f"{asked}?since={first['sample']}").json
    assert then is not None
    assert (then["pace"], then["left"]) == ("٤٠ في الثانية", "بقي نحو ١٠ ثوانٍ")
    assert site.open(f"{asked}?since=nonsense").json is not None


def test_the_end_waits_for_second_tries(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site)
    chunk.sent, chunk.deferred = 9, 1
    chunk.due_at = site.clock.now + timedelta(minutes=5)
    page = site.open(page_of(campaign))
    current = tree(page).xpath('//*[@data-phases]/li[@aria-current="step"]')[0]
    assert current.get("data-phase") == "finishing"
    assert "المحاولة التالية بعد ٥ دقائق" in words(page)


def test_mornings_that_are_still_to_come_are_said(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site)
    chunk.sent, chunk.due_at = 4, site.clock.now + timedelta(hours=5)
    assert "يأتي دور آخر القرّاء" in words(site.open(page_of(campaign)))


def test_without_scripts_the_page_asks_again_with_its_sample(site: Site, session: Session) -> None:
    campaign, _ = under_way(session, site)
    refresh = tree(site.open(page_of(campaign))).xpath('//noscript/meta[@http-equiv="refresh"]')[0]
    target = refresh.get("content").partition("url=")[2]
    assert site.open(target).status_code == 200
    campaign.state = CampaignState.FINISHED
    ended = site.open(page_of(campaign))
    assert tree(ended).xpath('//noscript/meta[@http-equiv="refresh"]') == []
    assert "progress.js" not in ended.text


def test_troubled_deliveries_are_listed_page_by_page(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site, readers=60)
    for ordinal in range(1, 61):
        delivery = session.get_one(Delivery, (campaign.id, ordinal))
        delivery.attempt, delivery.code = 2, 450
        delivery.state = DeliveryState.FAILED if ordinal % 2 else DeliveryState.DEFERRED
        delivery.reply = f"450 4.2.1 box {ordinal} is busy"
        delivery.retry_at = site.clock.now + timedelta(minutes=7)
    chunk.failed = chunk.deferred = 30
    short = site.open(page_of(campaign))
    assert "450 4.2.1 box 1 is busy" in words(short)
    link = tree(short).xpath('//p[@class="further"]/a')[0]
    assert link.text_content() == "الكل (٦٠)"
    listed = site.open(link.get("href"))
    seen: list[str] = []
    while True:
        seen += [q.text_content().strip() for q in tree(listed).xpath('//q[@class="server"]')]
        further = tree(listed).xpath('//a[@rel="next"]/@href')
        if not further:
            break
        listed = site.open(further[0])
    assert seen == [f"450 4.2.1 box {n} is busy" for n in range(1, 61)]
    only = site.open(f"{page_of(campaign)}/deliveries?state=deferred")
    assert "box 2 is busy" in words(only)
    assert "box 1 is busy" not in words(only)
    assert "بعد ٧ دقائق" in words(only)


def test_uncertain_deliveries_are_sent_again(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site)
    uncertain(session, campaign, chunk, 3, 7)
    page = site.open(page_of(campaign))
    assert "رسالتان تنتظران قرارك" in words(page)
    asked = site.open(f"{page_of(campaign)}/decide?what=again")
    assert "تُرسل إلى قارئين من جديد." in words(asked)
    assert states(session, campaign.id).count(DeliveryState.UNKNOWN) == 2
    assert site.press(asked, "/decide").status_code == 302
    assert campaign.state is CampaignState.SENDING
    assert states(session, campaign.id).count(DeliveryState.PENDING) == 2
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "campaign.decide")).one()
    assert event.object_id == campaign.id
    assert event.detail == {"decision": "again", "deliveries": 2}
    late = site.press(asked, "/decide")
    assert late.status_code == 409
    assert "لم تغيّر هذه الضغطة شيئاً." in words(late)


def test_one_is_decided_and_a_second_hand_is_told(desk: Desk, session: Session) -> None:
    first, second = desk(Role.EDITOR), desk(Role.OWNER)
    campaign, chunk = under_way(session, first)
    uncertain(session, campaign, chunk, 3, 7)
    path = f"{page_of(campaign)}/deliveries?state=unknown"
    seen_by_first, seen_by_second = first.open(path), second.open(path)
    done = first.press(seen_by_first, "/decide", what="leave")
    assert done.status_code == 302
    assert done.location.endswith("deliveries?state=unknown")
    assert states(session, campaign.id)[2] is DeliveryState.SENT
    assert campaign.state is CampaignState.NEEDS_REVIEW
    refused = second.press(seen_by_second, "/decide", what="again")
    assert refused.status_code == 409
    assert "سبقك غيرك إلى القرار." in words(refused)
    assert states(session, campaign.id)[2] is DeliveryState.SENT
    last = first.press(first.open(path), "/decide", what="leave")
    assert last.location.endswith(page_of(campaign))
    assert campaign.state is CampaignState.FINISHED


def test_while_it_sends_nothing_is_decided(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site)
    uncertain(session, campaign, chunk, 3)
    campaign.state = CampaignState.SENDING
    page = site.open(f"{page_of(campaign)}/deliveries")
    assert "يُقرَّر في غير المؤكد بعد أن يُرسل كل ما سواه." in words(page)
    assert tree(page).xpath('//form[contains(@action, "decide")]') == []
    asked = site.open(f"{page_of(campaign)}/decide?what=leave")
    assert "لا شيء هنا ينتظر قراراً الآن." in words(asked)
    assert site.open(f"{page_of(campaign)}/decide?what=all").status_code == 400


def test_what_could_not_be_prepared_says_why(site: Site, session: Session) -> None:
    campaign, _ = under_way(session, site)
    campaign.state, campaign.prepared_at = CampaignState.NEEDS_REVIEW, None
    campaign.reason = "preparing failed: MailTooLarge: the text takes too much"
    said = words(site.open(page_of(campaign)))
    assert "تعذّر تجهيزها." in said
    assert "MailTooLarge" in said


def test_going_on_says_to_how_many(site: Site, session: Session) -> None:
    campaign, chunk = under_way(session, site)
    campaign.state, chunk.sent = CampaignState.PAUSED, 7
    asked = site.open(f"{page_of(campaign)}/resume")
    assert "بقي ٣ قرّاء لم تصلهم" in words(asked)
    assert campaign.state is CampaignState.PAUSED
    assert site.press(asked, "/resume").status_code == 302
    assert campaign.state is CampaignState.SENDING
    assert site.open(f"{page_of(campaign)}/resume").status_code == 409


def add_drafts(session: Session, site: Site, count: int) -> list[int]:
    made = [
        Campaign(
            kind=CampaignKind.ANNOUNCEMENT,
            state=CampaignState.DRAFT,
            policy=UncertainPolicy.RESEND,
            subject=f"رسالة {number}",
            created_at=site.clock.now,
        )
        for number in range(count)
    ]
    session.add_all(made)
    session.flush()
    return [campaign.id for campaign in made]


def listed(site: Site, address: str) -> list[int]:
    hrefs = tree(site.open(address)).xpath("//tbody/tr/th/a/@href")
    return [int(href.rpartition("/")[2]) for href in hrefs]


def test_the_list_goes_on_in_both_directions(site: Site, session: Session) -> None:
    ids = add_drafts(session, site, 60)[::-1]
    first = site.open("/admin/campaigns")
    assert tree(first).xpath('//a[@rel="prev"]') == []
    second = tree(first).xpath('//a[@rel="next"]/@href')[0]
    assert listed(site, "/admin/campaigns") == ids[:25]
    assert listed(site, second) == ids[25:50]
    third = tree(site.open(second)).xpath('//a[@rel="next"]/@href')[0]
    assert listed(site, third) == ids[50:]
    back = tree(site.open(third)).xpath('//a[@rel="prev"]/@href')[0]
    assert listed(site, back) == ids[25:50]
    assert tree(site.open(third)).xpath('//a[@rel="next"]') == []
    assert listed(site, "/admin/campaigns?older=nonsense") == ids[:25]
    assert listed(site, "/admin/campaigns?older=99999999999") == ids[:25]


def test_chips_filter_and_say_how_many(site: Site, session: Session) -> None:
    add_drafts(session, site, 3)
    campaign, _ = under_way(session, site)
    page = site.open("/admin/campaigns")
    chips = tree(page).xpath('//nav[@class="state-chips"]/a')
    said = [" ".join(chip.text_content().split()) for chip in chips]
    assert said == ["الكل ٤", "قيد الإرسال ١", "مسودة ٣"]
    assert listed(site, chips[1].get("href")) == [campaign.id]
    assert listed(site, "/admin/campaigns?state=nonsense") == listed(site, "/admin/campaigns")


def test_a_campaign_is_found_by_the_headline_it_went_out_with(site: Site, session: Session) -> None:
    add_drafts(session, site, 3)
    campaign, _ = under_way(session, site)
    campaign.subject = ""
    session.add(
        Edition(
            campaign_id=campaign.id,
            language="ar",
            title="جسر جديد فوق النهر",
            stories=[],
            folded="",
            sent_at=site.clock.now,
            changed_at=site.clock.now,
        )
    )
    assert listed(site, "/admin/campaigns?q=فوق النهر") == [campaign.id]
    assert "جسر جديد فوق النهر" in words(site.open("/admin/campaigns"))
    none = site.open("/admin/campaigns?q=زرافة&state=sending")
    assert "لا حملة تطابق البحث" in words(none)
