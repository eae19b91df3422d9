"""A campaign from the button to its report, in a browser: two hands press at once, the bar moves
by itself, what is uncertain is decided, and the pages are whole in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.clicks import hour_of
from app.domain.delivery import ChunkState, DeliveryState
from app.domain.staff import Role
from app.store.clicks import count
from app.store.tables import AuditEvent, Campaign, CampaignLink, Chunk, Delivery, Staff
from app.usecases.manage_campaigns import create_campaign
from tests.browser import BROWSER_MARKS
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.admin.sending import Checking
from tests.web.conftest import Clock
from tests.web.editions import Editions

pytestmark = BROWSER_MARKS


@pytest.fixture
def base(settings: Settings, sessions: sessionmaker[Session], clock: Clock) -> Iterator[str]:
    with served(settings, sessions, clock) as base:
        yield base


def open_page(context: BrowserContext, desk: Desk, role: Role, base: str) -> Page:
    context.set_default_timeout(15_000)
    page = context.new_page()
    take_cookie(page, desk(role), base)
    return page


@pytest.fixture
def campaign(session: Session, editions: Editions, clock: Clock) -> Campaign:
    """A digest to forty readers that has just been frozen; nobody has it yet."""
    related = [{"title": "الخطة كاملة في خمس نقاط", "url": "https://levant.example/plan"}]
    ids = [
        editions.article("المرفأ الجديد يستقبل أولى سفنه في الربيع", related=related),
        editions.article("مكتبة الحيّ تفتح أبوابها ليلاً"),
        editions.article("القطار الساحلي يعود بعد عامين من الانتظار والترميم والجدل"),
    ]
    for number in range(40):
        editions.newsroom.reader(f"r{number}", "politics")
    made = editions.send(*ids, now=clock.now, policy=UncertainPolicy.HOLD)
    made.started_at = clock.now - timedelta(seconds=100)
    session.flush()
    return made


def chunk_of(session: Session, campaign: Campaign) -> Chunk:
    return session.scalars(select(Chunk).where(Chunk.campaign_id == campaign.id)).one()


def leave_uncertain(session: Session, campaign: Campaign) -> None:
    """Sent to all but five: two refused it, of three nobody knows."""
    chunk = chunk_of(session, campaign)
    odd = {
        4: (DeliveryState.FAILED, 550, "550 5.1.1 no such user here"),
        9: (DeliveryState.FAILED, 552, "552 5.2.2 mailbox full, and it has been for a long time"),
        11: (DeliveryState.UNKNOWN, None, "the connection was lost after the final dot"),
        17: (DeliveryState.UNKNOWN, None, "the connection was lost after the final dot"),
        23: (DeliveryState.UNKNOWN, None, "the worker ended before the answer came"),
    }
    for ordinal in range(chunk.first, chunk.last + 1):
        delivery = session.get_one(Delivery, (campaign.id, ordinal))
        delivery.state, delivery.code, delivery.reply = odd.get(
            ordinal, (DeliveryState.SENT, None, None)
        )
        delivery.attempt, delivery.at = 1, campaign.prepared_at
    chunk.sent, chunk.failed, chunk.unknown, chunk.state = 35, 2, 3, ChunkState.DONE
    campaign.state = CampaignState.NEEDS_REVIEW
    campaign.finished_at = campaign.prepared_at
    session.flush()


def test_two_browsers_that_press_send_at_once_make_one_campaign_and_one_message(
    browser: Browser,
    base: str,
    desk: Desk,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    editions: Editions,
    clock: Clock,
) -> None:
    editions.article("خبر")
    editions.newsroom.reader("a", "politics")
    draft = create_campaign(session, now=clock.now, language="ar", kind=CampaignKind.DIGEST)
    there = settings.with_(base_url=base)
    checked = Checking(session, sessions, there).done(desk(Role.EDITOR), draft)
    contexts = [browser.new_context(base_url=base) for _ in range(2)]
    first, second = (
        open_page(context, desk, role, base)
        for context, role in zip(contexts, (Role.EDITOR, Role.OWNER), strict=True)
    )
    for page in (first, second):
        page.goto(checked.request.path)
        for warning in page.locator("form.press input[type=checkbox]").all():
            warning.check()
    for page in (first, second):
        page.locator(f'form[action*="/{draft.id}/send"] button').click(no_wait_after=True)
    said = [page.locator(".notice.good, [role=alert]") for page in (first, second)]
    for one in said:
        expect(one).to_have_count(1)
    good, bad = sorted((one.inner_text() for one in said), key=lambda text: "لم تغيّر" in text)
    assert good == "الحملة في طريقها إلى القرّاء."
    assert "لم تغيّر هذه الضغطة شيئاً." in bad
    session.expire_all()
    assert [one.state for one in session.scalars(select(Campaign))] == [CampaignState.SCHEDULED]
    pressed = select(AuditEvent.id).where(AuditEvent.action == "campaign.send")
    assert len(session.scalars(pressed).all()) == 1
    for context in contexts:
        context.close()


def test_the_bar_moves_by_itself_and_stops_at_the_end(
    browser: Browser, base: str, desk: Desk, session: Session, campaign: Campaign
) -> None:
    context = browser.new_context(base_url=base)
    page = open_page(context, desk, Role.EDITOR, base)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/admin/campaigns/{campaign.id}")
    sent = page.locator('[data-count="sent"]')
    expect(sent).to_have_text("٠")
    chunk = chunk_of(session, campaign)
    chunk.sent = 30
    session.flush()
    expect(sent).to_have_text("٣٠")
    expect(page.locator("[data-percent]")).to_have_text("٧٥٪")
    expect(page.locator('[data-phase="sending"]')).to_have_attribute("aria-current", "step")
    chunk.sent, chunk.deferred = 38, 2
    session.flush()
    expect(page.locator('[data-phase="finishing"]')).to_have_attribute("aria-current", "step")
    leave_uncertain(session, campaign)
    expect(page.locator("#decide-title")).to_have_text("٣ رسائل تنتظر قرارك")
    asked.clear()
    page.wait_for_timeout(1_500)  # a question would come every second
    assert asked == []
    context.close()


def test_what_is_uncertain_is_decided_and_the_pages_are_whole(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    campaign: Campaign,
    clock: Clock,
) -> None:
    leave_uncertain(session, campaign)
    begun = campaign.started_at = clock.now - timedelta(hours=31)
    links = session.scalars(
        select(CampaignLink).where(CampaignLink.campaign_id == campaign.id)
    ).all()
    for place, link in enumerate(links, 1):
        for later in range(0, 30, place * 2):
            hour = hour_of(begun) + timedelta(hours=later)
            count(session, link.id, hour, people=40 // (later + place), machines=place % 2)
    session.flush()
    context = browser.new_context(base_url=base, bypass_csp=True)
    page = open_page(context, desk, Role.EDITOR, base)
    path = f"/admin/campaigns/{campaign.id}"
    pages = ["/admin/campaigns", path, f"{path}/deliveries", f"{path}/decide?what=again"]
    found: list[str] = []
    for language, question in (("en", "Send again?"), ("ar", "أترسلها من جديد؟")):
        staff[Role.EDITOR].language = language
        session.flush()
        found += look_at(page, pages)
        expect(page.locator("h1")).to_have_text(question)
    assert found == []
    page.goto(f"{path}/deliveries?state=unknown")
    page.get_by_role("button", name="احسبها مُرسَلة").first.click()
    expect(page.locator(".notice.good")).to_have_text("حُسبت مُرسَلة.")
    page.get_by_role("link", name="أرسلها كلها من جديد…").click()
    page.get_by_role("button", name="أرسلها كلها من جديد").click()
    expect(page.locator(".notice.good")).to_contain_text("تُرسل رسالتان من جديد.")
    session.expire_all()
    assert campaign.state is CampaignState.SENDING
    page.get_by_role("button", name="أوقف مؤقتاً").click()
    page.get_by_role("link", name="تابع…").click()
    expect(page.locator("#ask-title")).to_have_text("أتتابع الإرسال؟")
    page.get_by_role("button", name="تابع").click()
    session.expire_all()
    assert campaign.state is CampaignState.SENDING
    context.close()
