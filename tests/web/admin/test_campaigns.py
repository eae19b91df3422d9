"""Campaigns as editors handle them: made, looked at, sent, timed, stopped; and pressed twice."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.edition import Design
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import AuditEvent, Campaign, Chunk, Delivery, Staff, Variant
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk, address_of
from tests.web.admin.sending import Checking
from tests.web.site import Site, tree, words

FORM = "/admin/campaigns/new"
STEPS = {
    "content": ("note",),
    "audience": ("topics", "cadences"),
    "look": ("subject", "design", "policy"),
}


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def make(site: Site, session: Session, **typed: object) -> Campaign:
    """A draft, as the steps of its making keep it."""
    answer = site.press(site.open(FORM), FORM, kind=typed.pop("kind", "digest"))
    assert answer.status_code == 302, words(answer)
    campaign = session.get_one(Campaign, int(re.findall(r"/campaigns/(\d+)/", answer.location)[0]))
    for step, names in STEPS.items():
        given = {name: typed.pop(name) for name in names if name in typed}
        if given:
            path = f"{page_of(campaign)}/{step}"
            answer = site.press(site.open(path), path, **given)
            assert answer.status_code == 302, words(answer)
    assert not typed
    return session.get_one(Campaign, campaign.id)


def page_of(campaign: Campaign) -> str:
    return f"/admin/campaigns/{campaign.id}"


def launched(checking: Checking, site: Site, campaign: Campaign) -> Campaign:
    """The campaign after its preparation, as the worker does it."""
    assert checking.sent(site, campaign).status_code == 302
    return checking.launched(campaign, now=site.clock.now)


def test_a_draft_holds_what_was_chosen(
    site: Site, session: Session, newsroom: Newsroom, staff: dict[Role, Staff]
) -> None:
    campaign = make(
        site,
        session,
        kind="announcement",
        subject="لقاء القرّاء",
        note="نلتقي الخميس.",
        topics=newsroom.slugs("economy"),
        cadences=["weekly", "daily"],
        policy="hold",
    )
    assert campaign.kind is CampaignKind.ANNOUNCEMENT
    assert campaign.state is CampaignState.DRAFT
    assert (campaign.subject, campaign.note) == ("لقاء القرّاء", "نلتقي الخميس.")
    assert campaign.topic_mask == newsroom.mask("economy")
    assert set(campaign.cadences or ()) == {Cadence.WEEKLY, Cadence.DAILY}
    assert campaign.policy is UncertainPolicy.HOLD
    assert campaign.created_by == staff[Role.EDITOR].id


def test_sending_names_the_audience_and_asks_the_queue(
    checking: Checking, site: Site, session: Session, newsroom: Newsroom, redis_url: str
) -> None:
    newsroom.article("خبر", "economy")
    for name in ("ليلى", "سامر", "هدى"):
        newsroom.reader(name.encode().hex(), "economy")
    newsroom.reader("weekly", "economy", cadence=Cadence.WEEKLY)
    newsroom.reader("elsewhere", "sport")
    campaign = make(site, session, topics=newsroom.slugs("economy"), cadences=["daily"])
    asked = checking.done(site, campaign)
    assert "تصل إلى ٣ قرّاء." in words(asked)
    assert campaign.state is CampaignState.DRAFT
    answer = site.press(asked, f"{page_of(campaign)}/send")
    assert answer.status_code == 302
    assert campaign.state is CampaignState.SCHEDULED
    assert campaign.send_at == site.clock.now
    with Redis.from_url(redis_url) as redis:
        message = json.loads(redis.lindex("content", 0))
    assert message["headers"]["task"] == "campaign.prepare"
    assert message["headers"]["argsrepr"] in (f"({campaign.id},)", f"[{campaign.id}]")


def test_the_second_press_is_refused_with_the_real_state(
    checking: Checking, desk: Desk, session: Session, newsroom: Newsroom
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a")
    first, second = desk(Role.EDITOR), desk(Role.OWNER)
    campaign = make(first, session)
    path = f"{page_of(campaign)}/send"
    seen_by_first, seen_by_second = checking.done(first, campaign), second.open(path)
    assert first.press(seen_by_first, path).status_code == 302
    sent_at = campaign.send_at
    refused = second.press(seen_by_second, path)
    assert refused.status_code == 409
    assert "لم تغيّر هذه الضغطة شيئاً." in words(refused)
    assert f"أرسلها {address_of(Role.EDITOR)} من قبل، ولا تُرسل مرتين." in words(refused)
    assert (campaign.state, campaign.send_at) == (CampaignState.SCHEDULED, sent_at)
    pressed = select(AuditEvent.id).where(AuditEvent.action == "campaign.send")
    assert len(session.scalars(pressed).all()) == 1


def test_a_time_is_read_on_the_sites_clock(site: Site, session: Session) -> None:
    campaign = make(site, session)
    path = f"{page_of(campaign)}/when"
    answer = site.press(site.open(path), path, way="at", date="2025-07-01", time="07:30")
    assert answer.status_code == 302
    assert campaign.send_at == datetime(2025, 7, 1, 4, 30, tzinfo=UTC)
    assert campaign.state is CampaignState.SCHEDULED
    shown = site.open(page_of(campaign))
    assert "الساعة ٠٧:٣٠" in words(shown)
    assert site.press(shown, "/unschedule").status_code == 302
    assert (campaign.state, campaign.send_at) == (CampaignState.DRAFT, None)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"date": "31.12.2025", "time": "07:30"}, "اختر يوماً، مثل 2025-01-22."),
        ({"date": "2025-12-31", "time": "25:00"}, "اختر وقتاً، مثل 07:30."),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    site: Site, session: Session, typed: dict[str, str], complaint: str
) -> None:
    campaign = make(site, session)
    path = f"{page_of(campaign)}/when"
    answer = site.press(site.open(path), path, way="at", **typed)
    assert answer.status_code == 400
    assert complaint in words(answer)
    assert campaign.state is CampaignState.DRAFT


def test_a_campaign_under_way_is_paused_continued_and_cancelled(
    checking: Checking, site: Site, session: Session, settings: Settings, newsroom: Newsroom
) -> None:
    newsroom.article("خبر", "economy")
    newsroom.reader("a", "economy")
    campaign = launched(checking, site, make(site, session))
    sending = site.open(page_of(campaign))
    assert site.press(sending, "/pause").status_code == 302
    assert campaign.state is CampaignState.PAUSED
    assert site.press(sending, "/pause").status_code == 409
    paused = site.open(f"{page_of(campaign)}/resume")
    assert site.press(paused, "/resume").status_code == 302
    assert campaign.state is CampaignState.SENDING
    asked = site.open(f"{page_of(campaign)}/cancel")
    assert campaign.state is CampaignState.SENDING
    assert "أتلغي هذه الحملة نهائياً؟" in words(asked)
    assert site.press(asked, "/cancel").status_code == 302
    assert campaign.state is CampaignState.CANCELLED
    assert site.press(asked, "/cancel").status_code == 409
    done = session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_id == campaign.id).order_by(AuditEvent.id)
    )
    steps = ["create", "send", "pause", "resume", "cancel"]
    assert list(done) == [f"campaign.{step}" for step in steps]


def test_the_numbers_of_a_campaign_add_up(
    checking: Checking, site: Site, session: Session, settings: Settings, newsroom: Newsroom
) -> None:
    newsroom.article("خبر", "economy")
    readers = [newsroom.reader(f"r{n}", "economy") for n in range(12)]
    campaign = launched(checking, site, make(site, session))
    chunk = session.scalars(select(Chunk).where(Chunk.campaign_id == campaign.id)).one()
    chunk.sent, chunk.failed, chunk.deferred = 9, 1, 1
    refused = session.get_one(Delivery, (campaign.id, 1))
    refused.state, refused.code = DeliveryState.FAILED, 550
    refused.reply = "550 5.1.1 <script>alert(1)</script> no such user"
    now = site.open(f"{page_of(campaign)}/progress").json
    assert now is not None
    assert now["audience"] == len(readers) == sum(now["values"].values())
    assert now["settled"] == 10
    assert (now["percent"], now["words"]["sent"]) == ("٨٣٪", "٩")
    assert now["state"] == "sending"
    page = site.open(page_of(campaign))
    assert "550 5.1.1 <script>alert(1)</script> no such user" in words(page)
    assert "<script>alert" not in page.text
    listed = tree(site.open("/admin/campaigns")).xpath("//tbody/tr")
    assert "١٢" in listed[0].text_content()


def test_the_preview_is_framed_and_nothing_in_it_runs(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    newsroom.article("عنوان <script>alert(1)</script> الخبر", "economy")
    campaign = make(site, session)
    page = site.open(f"{page_of(campaign)}/preview")
    frame = tree(page).xpath("//iframe")[0]
    assert frame.get("sandbox") == ""
    mail = site.open(frame.get("src"))
    policy = mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox")
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script" not in mail.text
    assert campaign.window_end is None


def test_the_preview_turns_dark_whatever_the_screen_prefers(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    newsroom.article("خبر", "economy")
    path = f"{page_of(make(site, session))}/preview/mail"
    light, dark = site.open(f"{path}?scheme=light").text, site.open(f"{path}?scheme=dark").text
    assert "prefers-color-scheme" not in light + dark
    assert "@media not all {" in light
    assert "@media all {" in dark


def test_after_freezing_each_variant_can_be_looked_at(
    checking: Checking, site: Site, session: Session, settings: Settings, newsroom: Newsroom
) -> None:
    newsroom.article("خبر الاقتصاد", "economy")
    newsroom.article("خبر الرياضة", "sport")
    newsroom.reader("a", "economy")
    newsroom.reader("b", "sport")
    campaign = launched(checking, site, make(site, session))
    variants = session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)).all()
    assert len(variants) == 2
    for variant in variants:
        page = site.open(f"{page_of(campaign)}/preview?variant={variant.id}&view=text")
        assert re.sub(r"\s+", " ", variant.subject.strip("\u200f")) in words(page)
        assert "~~" not in page.text
    assert site.open(f"{page_of(campaign)}/preview?variant=99999999").status_code == 404


def test_an_edition_with_nothing_new_says_so(site: Site, session: Session) -> None:
    campaign = make(site, session)
    assert "لم يرد مقال" in words(site.open(f"{page_of(campaign)}/preview"))
    assert site.open(f"{page_of(campaign)}/preview/mail").status_code == 404


def test_an_author_makes_drafts_and_sends_none(desk: Desk, session: Session) -> None:
    site = desk(Role.AUTHOR)
    campaign = make(site, session)
    opened = site.open(page_of(campaign))
    assert opened.location == f"{page_of(campaign)}/preview"
    page = site.open(opened.location)
    assert "يمكن لمحرّر أن يرسلها." in words(page)
    assert tree(page).xpath('//a[contains(@href, "/when")]') == []
    assert site.open(f"{page_of(campaign)}/send").status_code == 403


def test_a_design_is_chosen_with_the_draft(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    newsroom.article("خبر اليوم", "economy")
    assert make(site, session, kind="announcement").design is Design.LETTER
    campaign = make(site, session, design="brief")
    assert campaign.design is Design.BRIEF
    assert "موجز" in site.open(f"{page_of(campaign)}/preview/mail").get_data(as_text=True)


def test_a_draft_opens_where_it_is_made_and_whoever_only_looks_sees_its_page(
    desk: Desk, session: Session, newsroom: Newsroom
) -> None:
    site = desk(Role.EDITOR)
    article = newsroom.article("خبر اليوم", "economy")
    campaign = make(site, session, kind="alert")
    assert site.open(page_of(campaign)).location == f"{page_of(campaign)}/content"
    campaign.article_ids = [article]
    assert site.open(page_of(campaign)).location == f"{page_of(campaign)}/preview"
    last = site.open(f"{page_of(campaign)}/when")
    assert "خبر اليوم" in words(last)
    steps = {link.get("href") for link in tree(last).xpath('//dl//a[text()="غيّر"]')}
    assert {f"{page_of(campaign)}/{step}" for step in ("content", "audience", "look")} == steps
    assert "أتلغي هذه الحملة نهائياً؟" in words(site.open(f"{page_of(campaign)}/cancel"))
    page = desk(Role.VIEWER).open(page_of(campaign))
    assert page.status_code == 200
    assert tree(page).xpath("//main//form") == []


def test_campaigns_are_called_what_their_readers_know(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    article = newsroom.article("سوق الكتب تفتح أبوابها", "economy")
    letter = "إلى قرّائنا الأعزاء، " + "كلام كثير " * 20
    for kind, values in (
        ("digest", {}),
        ("announcement", {"note": f"\n{letter}\nوالسطر الثاني"}),
        ("alert", {"article_ids": [article]}),
        ("alert", {"article_ids": [article], "subject": "عنوان يسبق"}),
    ):
        campaign = make(site, session, kind=kind)
        for name, value in values.items():
            setattr(campaign, name, value)
    names = [t.text_content() for t in tree(site.open("/admin/campaigns")).xpath("//tbody//th/a")]
    assert names[0] == "عنوان يسبق"
    assert names[1] == "سوق الكتب تفتح أبوابها"
    assert names[2].startswith("إلى قرّائنا الأعزاء، كلام")
    assert names[2].endswith("كلام…")
    assert names[3] == "نشرة، الأربعاء ٢٢ يناير ٢٠٢٥"
    for words_typed, found in (("سوق الكتب", 2), ("الأعزاء", 1), ("يسبق", 1)):
        listed = tree(site.open(f"/admin/campaigns?q={words_typed}")).xpath("//tbody/tr")
        assert len(listed) == found
