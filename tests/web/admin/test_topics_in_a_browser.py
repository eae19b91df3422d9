"""A topic's life in a browser: founded, renamed, moved, merged into another, removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.staff import Role
from app.store.tables import Article, AuditEvent, Staff, Subscriber, Topic
from tests.browser import BROWSER_MARKS
from tests.usecases.newsroom import Newsroom
from tests.usecases.readers import add_reader
from tests.web.admin.browsing import served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS


@pytest.fixture
def page(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, desk: Desk, browser: Browser
) -> Iterator[Page]:
    with served(settings, sessions, clock) as base:
        context = browser.new_context(base_url=base)
        context.set_default_timeout(10_000)
        page = context.new_page()
        take_cookie(page, desk(Role.EDITOR), base)
        yield page
        context.close()


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("en", 1280)])
def test_a_topic_from_its_founding_to_its_end(
    page: Page,
    session: Session,
    newsroom: Newsroom,
    staff: dict[Role, Staff],
    clock: Clock,
    language: str,
    width: int,
) -> None:
    staff[Role.EDITOR].language = language
    session.flush()
    page.set_viewport_size({"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    page.goto("/admin/topics")
    page.locator("[name=name_ar]").fill("فنون")
    page.locator("[name=name_en]").fill("Arts")
    page.locator("[name=slug]").fill("Fine Arts")
    page.locator("form:has([name=slug]) button.button").click()
    expect(page.locator("#slug-errors")).to_be_visible()
    expect(page.locator("[name=name_ar]")).to_have_value("فنون")
    page.locator("[name=slug]").fill("arts")
    page.locator("form:has([name=slug]) button.button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    arts = session.scalars(select(Topic).where(Topic.slug == "arts")).one()

    # Up by one, with the keyboard.
    row = page.locator(f"#topic-{arts.id}")
    before = page.locator("tbody tr").count()
    expect(page.locator("tbody tr").last).to_have_attribute("id", f"topic-{arts.id}")
    row.locator("button").first.press("Enter")
    expect(page.locator("tbody tr").nth(before - 2)).to_have_attribute("id", f"topic-{arts.id}")

    row.get_by_role("link", name="فنون").click()
    page.locator("[name=name_ar]").fill("فنون وثقافة")
    page.locator("[name=name_en]").fill("Arts and culture")
    page.locator("form:has([name=name_ar]) button.button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator(f"#topic-{arts.id}")).to_contain_text("فنون وثقافة")

    add_reader(session, clock.now, "hala@example.org", topic_mask=1 << arts.bit)
    article = newsroom.article("معرض في المدينة القديمة", "economy")
    session.get_one(Article, article).topic_id = arts.id
    session.get_one(Article, article).topic_mask = 1 << arts.bit
    session.commit()
    page.goto(f"/admin/topics/{arts.id}")
    expect(page.locator("a[href$='/remove']")).to_have_count(0)
    page.locator("select[name=into]").select_option("politics")
    page.locator("form:has(select[name=into]) button").click()
    ask = page.locator(".ask")
    expect(ask).to_contain_text("سياسة" if language == "ar" else "Politics")
    expect(ask.locator("li")).to_have_count(4)
    assert session.get(Topic, arts.id) is not None, "nothing happens before it is confirmed"
    ask.locator("button.danger").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator(f"#topic-{arts.id}")).to_have_count(0)
    politics = session.scalars(select(Topic).where(Topic.slug == "politics")).one()
    session.expire_all()
    assert session.get_one(Article, article).topic_id == politics.id
    assert session.scalars(select(Subscriber.topic_mask)).one() == 1 << politics.bit

    page.locator("[name=name_ar]").fill("خطأ")
    page.locator("[name=name_en]").fill("Mistake")
    page.locator("[name=slug]").fill("mistake")
    page.locator("form:has([name=slug]) button.button").click()
    page.get_by_role("link", name="خطأ").click()
    page.locator("a[href$='/remove']").click()
    page.locator(".ask button.danger").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.get_by_role("link", name="خطأ")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [one for one in complaints if "400" not in one] == []
    told = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert [one for one in told if one.startswith("topic.")] == [
        "topic.add",
        "topic.move",
        "topic.rename",
        "topic.merge",
        "topic.add",
        "topic.remove",
    ]
