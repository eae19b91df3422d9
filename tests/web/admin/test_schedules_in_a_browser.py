"""A schedule while it is typed, and a run that is approved, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignState
from app.domain.schedule import MissReason
from app.domain.staff import Role
from app.store.tables import Campaign, MissedRun, Schedule, Staff
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


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_schedule_is_typed_runs_and_its_draft_is_approved(
    page: Page,
    session: Session,
    newsroom: Newsroom,
    staff: dict[Role, Staff],
    clock: Clock,
    language: str,
) -> None:
    staff[Role.EDITOR].language = language
    session.flush()
    newsroom.article("المرفأ يستقبل أول سفينة بعد توسعته", "economy")
    page.goto("/admin/schedules/new")
    assert page.locator("html").get_attribute("lang") == language
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
    page.locator("form[data-schedule-form] .actions button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    schedule = session.scalars(select(Schedule)).one()
    clock.now = schedule.next_at - timedelta(minutes=60)
    run_due_schedules(session, now=clock.now)
    session.add(
        MissedRun(
            schedule_id=schedule.id,
            slot_at=clock.now - timedelta(days=7),
            reason=MissReason.PAUSED,
            noted_at=clock.now,
        )
    )
    session.flush()
    run = session.scalars(select(Campaign)).one()
    one = f"/admin/schedules/{schedule.id}"
    paths = (
        "/admin/schedules",
        one,
        f"{one}/edit",
        f"{one}/run",
        f"{one}/delete",
        f"/admin/campaigns/{run.id}/approval",
    )
    assert look_at(page, paths) == []
    page.emulate_media(color_scheme="light")
    expect(page.locator("[data-countdown]")).to_contain_text(":")
    page.locator("form[action$='/approve'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    session.refresh(run)
    assert run.state is CampaignState.SCHEDULED
