"""Finding readers, keeping the filter, adding and erasing one, as it is done in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.segment import Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence, SubscriberState
from app.store.tables import Staff, Subscriber, Suppression, Topic
from app.usecases.manage_segments import save_segment
from tests.browser import BROWSER_MARKS
from tests.usecases.readers import add_reader
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS


@pytest.fixture
def base(settings: Settings, sessions: sessionmaker[Session], clock: Clock) -> Iterator[str]:
    with served(settings, sessions, clock) as base:
        yield base


@pytest.fixture
def readers(session: Session, clock: Clock, topics: list[Topic]) -> list[Subscriber]:
    made = [
        add_reader(session, clock.now, f"reader.with.a.long.address.{n}@mail.example")
        for n in range(30)
    ]
    made += [
        add_reader(session, clock.now, "weekly@example.org", cadence=Cadence.WEEKLY, topic_mask=1),
        add_reader(session, clock.now, "gone@example.org", SubscriberState.UNSUBSCRIBED),
    ]
    return made


def test_readers_are_filtered_kept_as_a_segment_added_and_erased(
    browser: Browser, base: str, desk: Desk, session: Session, readers: list[Subscriber]
) -> None:
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    take_cookie(page, desk(Role.EDITOR), base)
    page.goto("/admin/readers")
    page.get_by_text("التصفية", exact=True).click()
    page.get_by_label("أسبوعياً").check()
    counted = page.locator("[data-counted]")
    expect(counted).to_have_text("عدد القرّاء ١، ومن تمكن مراسلته الآن منهم ١")
    page.get_by_role("button", name="اعرض هؤلاء القرّاء").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_text("احفظ هذه التصفية شريحةً").click()
    page.locator("#segment-name").fill("الأسبوعيون")
    page.get_by_role("button", name="احتفظ بها").click()
    expect(page.locator(".kept [aria-current]")).to_have_text("الأسبوعيون")
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="غيّر المختارين").click()
    page.get_by_label("إضافة قسم إلى ما يتابعون").check()
    page.get_by_label("القسم", exact=True).select_option("economy")
    page.get_by_role("button", name="تابع").click()
    expect(page.locator(".what")).to_contain_text("يتابعون من الآن قسم «اقتصاد» أيضاً.")
    page.get_by_role("button", name="غيّر قارئاً واحداً").click()
    expect(page.locator("progress")).to_be_visible()
    page.goto("/admin/readers?pace=weekly")
    page.get_by_role("link", name="weekly@example.org").click()
    page.get_by_role("link", name="امحُ كل ما يخص هذا القارئ").click()
    page.get_by_role("button", name="امحُه نهائياً").click()
    expect(page.locator(".notice.good")).to_contain_text("مُحيت بيانات هذا القارئ")
    page.get_by_role("link", name="إضافة قارئ").click()
    page.get_by_label("العنوان").fill("new@example.org")
    page.get_by_role("button", name="أرسل رسالة التأكيد").click()
    expect(page.locator(".notice.good")).to_contain_text("الرسالة في طريقها إلى")
    assert complaints == []
    context.close()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_pages_about_readers_are_whole(
    browser: Browser,
    base: str,
    desk: Desk,
    session: Session,
    clock: Clock,
    staff: dict[Role, Staff],
    readers: list[Subscriber],
    language: str,
) -> None:
    staff[Role.EDITOR].language = language
    kept = save_segment(session, now=clock.now, name="قرّاء السياسة", segment=Segment(topics=1))
    session.add(Suppression(address_hmac=b"x" * 32, reason="bounced", at=clock.now))
    one = f"/admin/readers/{readers[0].id}"
    context = browser.new_context(base_url=base, bypass_csp=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    take_cookie(page, desk(Role.EDITOR), base)
    assert (
        look_at(
            page,
            (
                "/admin/readers",
                "/admin/readers?pace=weekly&joined_from=2025-01-01&engagement=unserved&zone=-",
                "/admin/readers?q=zz",
                one,
                f"{one}/unsubscribe",
                f"{one}/erase",
                "/admin/readers/change?whole=1&pace=weekly",
                "/admin/readers/new",
                "/admin/segments",
                f"/admin/segments/{kept.id}/delete",
                "/admin/suppressions?address=gone@example.org",
            ),
        )
        == []
    )
    refused = ("/admin/readers?domain=nowhere", "/admin/suppressions?address=nowhere")
    assert [told for told in look_at(page, refused) if "status of 400" not in told] == []
    context.close()
