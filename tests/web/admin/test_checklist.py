"""The checklist before the button: run by a worker, shown, accepted, and in the way of errors."""

from __future__ import annotations

import json

import pytest
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignState
from app.domain.staff import Role
from app.store.tables import Article, AuditEvent, Campaign, PreflightRun, Staff
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.admin.sending import Checking
from tests.web.admin.test_campaigns import make, page_of
from tests.web.site import Site, tree, words

LONG = "وصلت إلى المرفأ اليوم أول سفينة حاويات منذ أربعة أعوام، ومعها معدّات لمحطات الكهرباء والمياه"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


@pytest.fixture
def campaign(site: Site, session: Session, newsroom: Newsroom) -> Campaign:
    newsroom.article("خبر", "economy")
    newsroom.reader("a", "economy")
    return make(site, session)


def accept(page: object) -> list[object]:
    return list(tree(page).xpath('//input[@name="accept"]'))  # type: ignore[arg-type]


def test_a_draft_is_checked_before_it_can_be_sent(
    site: Site, session: Session, campaign: Campaign, checking: Checking, redis_url: str
) -> None:
    path = f"{page_of(campaign)}/send"
    before = site.open(path)
    assert "افحصها أولاً" in words(before)
    assert site.post(path, {"csrf_token": token(before)}).status_code == 409
    assert campaign.state is CampaignState.DRAFT
    waiting = checking.asked(site, campaign)
    assert "بانتظار عامل." in words(waiting)
    with Redis.from_url(redis_url) as redis:
        message = json.loads(redis.lindex("content", 0))
    assert message["headers"]["task"] == "preflight.run"
    progress = site.open(f"{page_of(campaign)}/check").get_json()
    assert (progress["state"], progress["done"]) == ("pending", 0)


def test_all_is_well_and_it_goes(site: Site, campaign: Campaign, checking: Checking) -> None:
    page = checking.done(site, campaign)
    assert "كل شيء على ما يرام" in words(page)
    assert accept(page) == []
    assert len(tree(page).xpath('//li[@class="ok"]')) >= 10, "what is good is told too"
    assert site.press(page, f"/{campaign.id}/send").status_code == 302
    assert campaign.state is CampaignState.SCHEDULED


def test_warnings_are_accepted_by_name(
    site: Site,
    session: Session,
    newsroom: Newsroom,
    checking: Checking,
    staff: dict[Role, Staff],
) -> None:
    newsroom.article("خبر", "economy")
    newsroom.reader("a", "economy")
    campaign = make(site, session, subject=LONG)
    page = checking.done(site, campaign)
    assert "تنبيه واحد" in words(page)
    assert len(accept(page)) == 1
    refused = site.press(page, f"/{campaign.id}/send")
    assert refused.status_code == 409
    assert "هناك تنبيهات" in words(refused)
    assert campaign.state is CampaignState.DRAFT
    assert site.press(refused, f"/{campaign.id}/send", accept="1").status_code == 302
    run = session.scalars(select(PreflightRun).where(PreflightRun.campaign_id == campaign.id)).one()
    assert run.accepted_by == staff[Role.EDITOR].id
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "preflight.accept")).one()
    assert event.detail["warnings"] == ["subject_long"]


def test_what_changed_since_is_checked_anew(
    site: Site, session: Session, campaign: Campaign, newsroom: Newsroom, checking: Checking
) -> None:
    page = checking.done(site, campaign)
    newsroom.article("خبر آخر وصل في الأثناء", "economy")
    refused = site.press(page, f"/{campaign.id}/send")
    assert refused.status_code == 409
    assert "تغيّر المحتوى" in words(refused)
    assert campaign.state is CampaignState.DRAFT
    assert checking.sent(site, campaign).status_code == 302


def test_errors_leave_no_button(
    site: Site, session: Session, campaign: Campaign, checking: Checking
) -> None:
    page = checking.done(site, campaign)
    run = session.scalars(select(PreflightRun).where(PreflightRun.campaign_id == campaign.id)).one()
    error = {
        "check": "links",
        "code": "links_dead",
        "severity": "error",
        "numbers": {"count": 2},
        "examples": ["https://levant.example/gone"],
    }
    session.execute(update(PreflightRun).values(findings=[*run.findings, error]))
    shown = site.open(page.request.path)
    assert "رابطان لا يؤديان إلى شيء:" in words(shown)
    assert "https://levant.example/gone" in words(shown)
    assert tree(shown).xpath(f'//form[contains(@action, "/{campaign.id}/send")]') == []
    assert site.press(page, f"/{campaign.id}/send", accept="1").status_code == 409
    assert campaign.state is CampaignState.DRAFT


def test_nothing_new_says_so_and_offers_no_button(
    site: Site, session: Session, newsroom: Newsroom, checking: Checking
) -> None:
    newsroom.reader("a", "economy")
    session.execute(update(Article).values(withdrawn_at=site.clock.now))
    campaign = make(site, session)
    page = checking.done(site, campaign)
    assert "لن يُرسل شيء" in words(page)
    assert tree(page).xpath(f'//form[contains(@action, "/{campaign.id}/send")]') == []


def test_the_preview_of_one_reader_and_a_test_to_colleagues(
    site: Site,
    session: Session,
    newsroom: Newsroom,
    campaign: Campaign,
    staff: dict[Role, Staff],
    redis_url: str,
) -> None:
    path = f"{page_of(campaign)}/preview"
    assert site.open(f"{path}?reader=nobody@x.example").status_code == 404
    missing = words(site.open(f"{path}?reader=nobody@x.example"))
    assert "لا قارئ بهذا العنوان." in missing
    page = site.open(path)
    assert [box.get("value") for box in tree(page).xpath("//input[@name='to'][@checked]")] == [
        str(staff[Role.EDITOR].id)
    ]
    assert site.press(page, "/test", to=[]).status_code == 400
    chosen = [str(staff[role].id) for role in (Role.OWNER, Role.AUTHOR)]
    answer = site.press(page, "/test", to=chosen)
    assert answer.status_code == 302
    assert "الرسالة التجريبية في طريقها إلى زميلين." in words(site.open(answer.location))
    with Redis.from_url(redis_url) as redis:
        asked = json.loads(redis.lindex("transactional", 0))
    assert asked["headers"]["task"] == "notice.send"


def token(page: object) -> str:
    return str(tree(page).xpath('//input[@name="csrf_token"]/@value')[0])  # type: ignore[arg-type]
