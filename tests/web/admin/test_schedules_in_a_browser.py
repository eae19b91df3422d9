"""A schedule in a browser: typed, paused and resumed, a run that passes, its mail, its draft held
and approved, and its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignState
from app.domain.edition import Design
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.links import Links
from app.store.tables import Article, Campaign, Notice, Schedule, Staff
from app.usecases.compose_notice import compose_notice
from app.usecases.run_schedule import run_due_schedules
from tests.browser import BROWSER_MARKS
from tests.usecases.newsroom import Newsroom
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS


@pytest.fixture
def page(
    settings: Settings,
    sessions: sessionmaker[Session],
    clock: Clock,
    desk: Desk,
    browser: Browser,
) -> Iterator[Page]:
    with served(settings, sessions, clock) as base:
        context = browser.new_context(base_url=base, bypass_csp=True)
        context.set_default_timeout(10_000)
        page = context.new_page()
        take_cookie(page, desk(Role.EDITOR), base)
        yield page
        context.close()


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("en", 1280)])
def test_a_schedule_from_its_form_to_a_run_that_is_approved(
    page: Page,
    session: Session,
    settings: Settings,
    newsroom: Newsroom,
    staff: dict[Role, Staff],
    desk: Desk,
    clock: Clock,
    language: str,
    width: int,
) -> None:
    staff[Role.EDITOR].language = language
    session.flush()
    article = newsroom.article("المرفأ يستقبل أول سفينة بعد توسعته", "economy")
    newsroom.reader("hala", cadence=Cadence.WEEKLY)
    page.set_viewport_size({"width": width, "height": 900})
    schedule = typed(page, session, language)
    assert schedule.design is Design.BRIEF
    one = f"/admin/schedules/{schedule.id}"

    # Paused, the slot that passes is noted with its reason; then it runs again.
    page.locator("form[action$='/active'] button").click()
    expect(page.locator("header .chip.paused")).to_be_visible()
    expect(page.locator("ol.runs")).to_have_count(0)
    pass_until(page, session, desk, clock, schedule.next_at)
    page.goto(one)
    expect(page.locator("section:has(#past-title) tbody")).to_contain_text(
        "The schedule was paused." if language == "en" else "كان الجدول متوقفاً"
    )
    page.locator("form[action$='/active'] button").click()
    expect(page.locator("ol.runs li")).to_have_count(5)

    # An hour before the next slot the draft is there, and a mail asks for a decision.
    session.refresh(schedule)
    session.get_one(Article, article).ingested_at = schedule.next_at - timedelta(hours=2)
    pass_until(page, session, desk, clock, schedule.next_at - timedelta(minutes=60))
    run = session.scalars(select(Campaign)).one()
    notice = session.scalars(
        select(Notice).where(Notice.staff_id == staff[Role.EDITOR].id, Notice.campaign_id == run.id)
    ).one()
    mail = compose_notice(session, notice, settings=settings, links=Links(settings))
    assert "المرفأ يستقبل أول سفينة" in mail.text
    found = re.search(r"/admin/campaigns/\d+/approval", mail.text)
    assert found is not None

    paths = ("/admin/schedules", one, f"{one}/edit", f"{one}/run", f"{one}/delete", found[0])
    assert look_at(page, paths, (width,)) == []
    page.emulate_media(color_scheme="light")
    page.goto(found[0])
    expect(page.locator("[data-countdown]")).to_contain_text(":")
    draft = page.frame_locator("iframe.draft")
    expect(draft.get_by_text("المرفأ يستقبل أول سفينة").first).to_be_visible()
    page.locator("form[action$='/hold'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    page.locator("form[action$='/approve'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    session.refresh(run)
    assert (run.state, run.send_at) == (CampaignState.SCHEDULED, run.slot_at)

    # Its question names what ends with it; then it is gone from the list.
    page.goto(one)
    page.locator("a[href$='/delete']").click()
    page.locator(".ask button.danger").click()
    expect(page.locator(".empty")).to_be_visible()


def pass_until(page: Page, session: Session, desk: Desk, clock: Clock, moment: datetime) -> None:
    """The time goes by, the clock of the house looks, and the editor logs in anew."""
    clock.now = moment
    run_due_schedules(session, now=moment)
    session.commit()
    take_cookie(page, desk(Role.EDITOR), page.url.partition("/admin")[0])


def typed(page: Page, session: Session, language: str) -> Schedule:
    """A weekly schedule with approval, typed into its form, with the next runs beside it."""
    page.goto("/admin/schedules")
    page.locator(".empty a.button").click()
    assert page.locator("html").get_attribute("lang") == language
    page.locator("form[data-schedule-form] .actions button").click()
    expect(page.locator("[name=name]")).to_be_focused()
    page.locator("[name=name]").fill("نشرة المساء")
    runs = page.locator("[data-runs] time")
    expect(runs).to_have_count(5)
    page.locator("[name=cadence][value=weekly]").check()
    expect(page.locator("[name=days]").first).to_be_hidden()
    page.locator("[name=weekday]").select_option("2")
    page.locator("[name=local_time]").fill("18:15")
    page.locator("[name=timezone]").fill("Asia/Riyadh")
    expect(runs.first).to_contain_text("18:15" if language == "en" else "١٨:١٥")
    expect(page.locator("[data-runs] li").first).to_contain_text("UTC+3")
    page.locator("[name=timezone]").fill("Asia/Atlantis")
    expect(page.locator("[data-runs] [role=status]")).to_be_visible()
    page.locator("[name=timezone]").fill("Asia/Riyadh")
    expect(page.locator("[name=approval_lead]")).to_be_hidden()
    page.locator("[name=release][value=approval]").check()
    page.locator("[name=approval_lead]").select_option("60")
    page.locator("[name=design][value=brief]").check()
    page.locator("form[data-schedule-form] .actions button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    return session.scalars(select(Schedule)).one()
