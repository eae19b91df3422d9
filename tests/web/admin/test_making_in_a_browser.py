"""A campaign made in a browser: articles chosen, dragged and moved by key, the mail beside its
subject, the count of readers and the time told while they are chosen. In both languages, on a
screen and on a phone, without a finding of axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.try_subjects import SecondSubject, keep_test
from tests.browser import BROWSER_MARKS
from tests.usecases.newsroom import Newsroom
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

STEPS = ("kind", "content", "audience", "look", "preview", "when")


@pytest.fixture
def page(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    desk: Desk,
    browser: Browser,
) -> Iterator[Page]:
    """An editor's browser, in which axe may look."""
    with served(settings, sessions, clock) as base:
        context = browser.new_context(
            base_url=base, viewport={"width": 1280, "height": 900}, bypass_csp=True
        )
        page = context.new_page()
        take_cookie(page, desk(Role.EDITOR), base)
        yield page
        context.close()


def headlines(page: Page) -> list[str]:
    return page.locator("[data-list] bdi").all_text_contents()


def test_articles_are_chosen_dragged_and_moved(
    page: Page, session: Session, newsroom: Newsroom
) -> None:
    for name in ("الجسر", "الميناء", "السوق"):
        newsroom.article(name, "economy")
    newsroom.reader("a")
    newsroom.reader("b", "sport")
    session.commit()
    page.goto("/admin/campaigns/new")
    page.get_by_label("مختارات").check()
    page.get_by_role("button", name="ابدأ").click()
    page.get_by_role("button", name="خذ الأحدث").click()
    expect(page.locator("[data-list] > li")).to_have_count(3)
    assert headlines(page) == ["السوق", "الميناء", "الجسر"]
    page.locator("#note").fill("صباح الخير.")

    page.locator("[data-handle]").nth(2).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-list] bdi").nth(1)).to_have_text("الجسر")
    expect(page.locator("[data-handle]").nth(1)).to_be_focused()

    handle = page.locator("[data-handle]").nth(2).bounding_box()
    first = page.locator("[data-list] > li").first.bounding_box()
    assert handle is not None
    assert first is not None
    x = handle["x"] + handle["width"] / 2
    page.mouse.move(x, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, first["y"] + 30, steps=8)
    page.mouse.move(x, first["y"] + 2, steps=4)
    page.mouse.up()
    expect(page.locator("[data-list] bdi").first).to_have_text("الميناء")

    page.get_by_role("button", name="أخرج من العدد: الجسر").click()
    expect(page.locator("[data-list] > li")).to_have_count(2)
    page.get_by_role("button", name="احفظ وتابع").click()
    session.expire_all()
    campaign = session.scalars(select(Campaign)).one()
    assert campaign.kind is CampaignKind.SELECTION
    assert campaign.note == "صباح الخير."

    expect(page.locator("[data-answer]")).to_contain_text("قارئان")
    page.get_by_label("رياضة").check()
    expect(page.locator("[data-answer]")).to_contain_text("قارئان")
    page.get_by_label("أسبوعي").check()
    expect(page.locator("[data-answer]")).to_contain_text("لا أحد")
    page.get_by_label("أسبوعي").uncheck()
    expect(page.locator("[data-answer]")).to_contain_text("قارئان")
    page.get_by_role("button", name="احفظ وتابع").click()

    mail = page.frame_locator("iframe[name=look-mail]")
    expect(mail.locator("body")).to_contain_text("صباح الخير.")
    page.get_by_role("button", name="خذ: الميناء", exact=True).click()
    expect(page.locator("#subject")).to_have_value("الميناء")
    page.locator("#preheader").fill("سطر من عندنا")
    expect(mail.locator("body")).to_contain_text("سطر من عندنا")
    expect(page.locator("[data-shows=preheader]")).to_have_text("سطر من عندنا")
    page.get_by_role("button", name="احفظ وتابع").click()

    expect(page.locator("h1")).to_have_text("معاينة")
    page.get_by_role("link", name="إلى الإرسال").click()
    page.locator("[value=morning]").check()
    expect(page.locator("[data-answer]")).to_contain_text("تصل إلى أول القرّاء")
    page.locator("[value=at]").check()
    expect(page.locator("[data-answer]")).to_contain_text("تُرسل غداً")
    page.get_by_role("button", name="تابع", exact=True).click()
    expect(page.locator(".notice.good")).to_contain_text("غداً")
    session.expire_all()
    assert campaign.state is CampaignState.SCHEDULED
    assert campaign.preheader == "سطر من عندنا"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_step_is_whole(
    page: Page, session: Session, newsroom: Newsroom, clock: Clock, language: str
) -> None:
    articles = [newsroom.article(f"خبر طويل العنوان من أخبار اليوم {n}", "economy") for n in "123"]
    newsroom.reader("a")
    draft = Campaign(
        kind=CampaignKind.SELECTION,
        state=CampaignState.DRAFT,
        policy="resend",
        language="ar",
        subject="أ",
        article_ids=articles[:2],
        created_at=clock.now,
    )
    session.add(draft)
    session.flush()
    keep_test(session, campaign_id=draft.id, subject="أ", second=SecondSubject(subject="ب"))
    session.commit()
    page.goto("/admin/campaigns")
    if language == "en":
        page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    paths = ["/admin/campaigns/new", *(f"/admin/campaigns/{draft.id}/{step}" for step in STEPS)]
    paths.append(f"/admin/campaigns/{draft.id}")
    assert look_at(page, paths) == []
