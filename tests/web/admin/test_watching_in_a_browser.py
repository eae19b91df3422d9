"""A campaign from the button to its report, in a browser: the bar moves by itself, it is paused,
goes on and is cancelled, what is uncertain is decided, of two subjects the better one wins, and
the report is read, taken along and compared."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.clicks import hour_of
from app.domain.delivery import DeliveryState
from app.domain.staff import Role
from app.store.clicks import count
from app.store.tables import AuditEvent, Campaign, CampaignLink, Staff, SubjectTest
from app.usecases.decide_subject import decide_due_tests
from app.usecases.manage_campaigns import create_campaign
from tests.browser import BROWSER_MARKS
from tests.web.admin.browsing import look_at
from tests.web.admin.conftest import Desk, Turns
from tests.web.admin.sending import Trouble, Worker
from tests.web.admin.walking import CROSSED, SCREENS, walking
from tests.web.conftest import Clock
from tests.web.editions import Editions

pytestmark = BROWSER_MARKS

LOST = (DeliveryState.UNKNOWN, None, "the connection was lost after the final dot")
TROUBLES: dict[int, Trouble] = {
    4: (DeliveryState.FAILED, 550, "550 5.1.1 no such user here"),
    9: (DeliveryState.FAILED, 552, "552 5.2.2 mailbox full, and it has been for a long time"),
    11: LOST,
    17: LOST,
    23: (DeliveryState.UNKNOWN, None, "the worker ended before the answer came"),
}
"""Of forty readers: two refuse it, of three nobody knows."""


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
    session.commit()
    return made


@pytest.mark.parametrize("screen", SCREENS)
def test_a_campaign_under_way_is_watched_paused_continued_and_cancelled(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    campaign: Campaign,
    worker: Worker,
    clock: Clock,
    turns: Turns,
    screen: tuple[str, int],
) -> None:
    number = campaign.id
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        page.goto("/admin/")
        page.get_by_role("link", name="المرفأ الجديد يستقبل أولى سفنه في الربيع").click()
        sent = page.locator('[data-count="sent"]')
        expect(sent).to_have_text(walker.digits(0))
        worker.delivers(number, 30, now=clock.now)
        expect(sent).to_have_text(walker.digits(30))
        expect(page.locator("[data-percent]")).to_contain_text(walker.digits(75))
        expect(page.locator('[data-phase="sending"]')).to_have_attribute("aria-current", "step")
        walker.fits()

        walker.press("Pause")
        walker.reads("Paused. What is with the mail server already still arrives.", ".notice.good")
        walker.follow("Go on…")
        walker.reads("Go on with sending?", "#ask-title")
        expect(page.locator(".ask")).to_contain_text(walker.digits(10))
        walker.press("Go on")
        walker.reads("It goes on where it stopped.", ".notice.good")
        later: dict[int, Trouble] = {0: (DeliveryState.DEFERRED, 451, "451 4.7.1 greylisted")}
        worker.delivers(number, 5, now=clock.now, troubles=later)
        expect(page.locator('[data-count="deferred"]')).to_have_text(walker.digits(1))

        walker.follow("Cancel…")
        walker.reads("Cancel this campaign for good?", "#ask-title")
        for figure in (34, 40):
            expect(page.locator(".ask")).to_contain_text(walker.digits(figure))
        walker.fits()
        walker.follow("Keep the campaign")
        walker.is_at(f"/campaigns/{number}$")
        walker.follow("Cancel…")
        walker.press("Cancel the campaign")
        walker.reads("Cancelled. Nobody else is written to.", ".notice.good")
        expect(page.locator("#report-title")).to_be_visible()
        expect(page.locator("script[src*='progress.js']")).to_have_count(0)
        walker.fits()
    with turns:
        session.expire_all()
        assert campaign.state is CampaignState.CANCELLED
        done = select(AuditEvent.action).where(AuditEvent.object_id == number)
        assert list(session.scalars(done.order_by(AuditEvent.id))) == [
            f"campaign.{step}" for step in ("pause", "resume", "cancel")
        ]


@pytest.mark.parametrize(("screen", "what"), list(zip(SCREENS, ("again", "leave"), strict=True)))
def test_what_is_uncertain_is_decided_one_by_one_and_all_at_once(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    campaign: Campaign,
    worker: Worker,
    clock: Clock,
    turns: Turns,
    screen: tuple[str, int],
    what: str,
) -> None:
    number = campaign.id
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        page.goto(f"/admin/campaigns/{number}")
        worker.delivers(number, 40, now=clock.now, troubles=TROUBLES)
        expect(page.locator("#decide-title")).to_contain_text(walker.digits(3))
        page.goto("/admin/")
        page.locator("#undecided-title + ul a").click()
        walker.fits()

        walker.follow("One by one")
        expect(page.locator(".deliveries tbody tr")).to_have_count(3)
        expect(page.locator(".server").first).to_have_text(LOST[2])
        walker.button("Leave as sent").first.click()
        walker.reads("It is left as sent.", ".notice.good")
        expect(page.locator(".deliveries tbody tr")).to_have_count(2)
        page.locator(".state-chips .failed").click()
        expect(page.locator(".server").last).to_have_text(TROUBLES[9][2])
        walker.fits()

        if what == "again":
            walker.follow("Send all again…")
            walker.reads("Send again?", "h1")
            walker.fits()
            walker.press("Send them all again")
            expect(page.locator(".notice.good")).to_be_visible()
            worker.delivers(number, 2, now=clock.now)
        else:
            walker.follow("Leave all as sent…")
            walker.reads("Leave as sent?", "h1")
            walker.follow("Not yet")
            walker.follow("Leave all as sent…")
            walker.press("Leave them all as sent")
        expect(page.locator("#report-title")).to_be_visible()
        expect(page.locator(".tiles dd").first).to_contain_text(walker.digits(38))
        walker.fits()
    with turns:
        session.expire_all()
        assert campaign.state is CampaignState.FINISHED


def draft_with_readers(session: Session, editions: Editions, clock: Clock) -> Campaign:
    for number in range(20):
        editions.newsroom.reader(f"r{number}")
    note = "نلتقي الخميس. الدعوة عامة، والتفاصيل على https://levant.example/meeting"
    kind = CampaignKind.ANNOUNCEMENT
    draft = create_campaign(
        session, now=clock.now, language="ar", kind=kind, subject="لقاء القرّاء", note=note
    )
    session.commit()
    return draft


@pytest.mark.parametrize(("screen", "by"), list(zip(SCREENS, ("clicks", "hand"), strict=True)))
def test_two_subjects_are_tried_and_the_better_one_goes_to_all_others(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    sessions: sessionmaker[Session],
    editions: Editions,
    worker: Worker,
    clock: Clock,
    turns: Turns,
    screen: tuple[str, int],
    by: str,
) -> None:
    number = draft_with_readers(session, editions, clock).id
    second = "الخميس نراكم"
    with walking(browser, base, desk, staff, screen, bypass_csp=True) as walker:
        page = walker.page
        page.goto(f"/admin/campaigns/{number}/look")
        page.get_by_text(walker.say("Try two subjects"), exact=True).click()
        page.locator("#second_subject").fill("لقاء القرّاء")
        walker.press("Save and go on")
        expect(page.locator("#second_subject-errors")).to_be_visible()
        page.locator("#second_subject").fill(second)
        page.locator("#share").select_option("50")
        walker.fits()
        walker.press("Save and go on")
        draft = f"/admin/campaigns/{number}"
        assert look_at(page, [f"{draft}/look", f"{draft}/when"], widths=screen[1:]) == []
        expect(page.locator(".facts")).to_contain_text(second)
        walker.choose("way", "morning")
        expect(page.locator("[data-answer]")).to_have_text(
            walker.say("Two subjects can be tried only if all readers are written to at one time.")
        )
        walker.choose("way", "now")
        walker.press("Continue")
        worker.checks(number, now=clock.now)
        expect(page.locator("#send-title")).to_be_visible()
        accept = page.locator("[name=accept]")
        if accept.count():
            accept.check()
        page.locator("section.ask button").click()
        walker.reads("The campaign is on its way.", ".notice.good")
        worker.prepares(number, now=clock.now)
        expect(page.locator("#trial-title")).to_be_visible()
        worker.delivers(number, 10, now=clock.now)
        expect(page.locator('[data-count="sent"]')).to_have_text(walker.digits(10))
        if by == "hand":
            page.locator("tr", has_text=second).get_by_role("button").click()
            walker.reads("Decided. All others get this subject now.", ".notice.good")
        else:
            with turns:
                link = select(CampaignLink.id).where(
                    CampaignLink.campaign_id == number, CampaignLink.letter == "b"
                )
                count(session, session.scalars(link).first(), hour_of(clock.now), people=3)
                clock.advance(hours=5)
                decide_due_tests(sessions, now=clock.now)
                session.expire_all()
            page.reload()
            walker.reads("By itself, by the clicks.")
        expect(page.locator("tr", has_text=second).locator(".chip")).to_have_text(
            walker.say("for all others")
        )
        walker.fits()
        worker.delivers(number, 10, now=clock.now)
        expect(page.locator("#report-title")).to_be_visible()
        walker.fits()
    with turns:
        session.expire_all()
        assert session.get_one(SubjectTest, number).winner == "b"
        assert session.get_one(Campaign, number).state is CampaignState.FINISHED


@pytest.mark.parametrize("screen", SCREENS)
def test_the_report_is_read_taken_along_compared_and_the_campaign_doubled(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    editions: Editions,
    campaign: Campaign,
    worker: Worker,
    clock: Clock,
    turns: Turns,
    screen: tuple[str, int],
) -> None:
    begun = clock.now - timedelta(hours=31)
    campaign.started_at = begun
    links = session.scalars(select(CampaignLink).where(CampaignLink.campaign_id == campaign.id))
    for place, link in enumerate(links.all(), 1):
        for later in range(0, 30, place * 2):
            hour = hour_of(begun) + timedelta(hours=later)
            count(session, link.id, hour, people=40 // (later + place), machines=place % 2)
    worker.delivers(campaign.id, 40, now=clock.now)
    editions.article("خبر من بعدها")
    after = editions.send(now=clock.now)
    after.started_at = clock.now
    session.commit()
    worker.delivers(after.id, 40, now=clock.now)
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        page.goto(f"/admin/campaigns/{after.id}")
        page.locator(".compared a").click()
        walker.is_at(f"/campaigns/{campaign.id}$")
        expect(page.locator(".tiles dd").first).to_contain_text(walker.digits(40))
        expect(page.locator(".links tbody tr")).to_have_count(4)
        hours = page.locator(".hours table")
        expect(hours).to_be_hidden()
        page.get_by_text(walker.say("The numbers as a table"), exact=True).click()
        expect(hours).to_be_visible()
        walker.fits()
        for words, part in (
            ("Report as CSV", "summary"),
            ("Links as CSV", "links"),
            ("Hours as CSV", "hours"),
        ):
            with page.expect_download() as download:
                walker.follow(words)
            assert download.value.suggested_filename == f"campaign-{campaign.id}-{part}.csv"
            assert download.value.path().read_text("utf-8").count("\n") > 1
        walker.press("Duplicate")
        walker.is_at(r"/campaigns/\d+/content$")
        doubled = "This is a new draft with the same content. The first campaign stays as it is."
        walker.reads(doubled, ".notice.good")
    with turns:
        session.expire_all()
        states = session.scalars(select(Campaign.state).order_by(Campaign.id))
        finished, draft = CampaignState.FINISHED, CampaignState.DRAFT
        assert list(states) == [finished, finished, draft]


@pytest.mark.parametrize("screen", CROSSED)
def test_a_campaign_is_found_again_in_the_list(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    campaign: Campaign,
    clock: Clock,
    screen: tuple[str, int],
) -> None:
    letters = [
        Campaign(
            kind=CampaignKind.ANNOUNCEMENT,
            state=CampaignState.DRAFT,
            policy=UncertainPolicy.RESEND,
            subject=f"رسالة طويلة العنوان إلى قرّائنا في كل مكان وزمان، العدد {number}",
            created_at=clock.now,
        )
        for number in range(30)
    ]
    session.add_all(letters)
    session.commit()
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        rows = page.locator("tbody tr")
        page.goto("/admin/campaigns")
        expect(rows).to_have_count(25)
        walker.fits()
        walker.follow("Older")
        expect(rows).to_have_count(6)
        walker.follow("Newer")
        expect(rows).to_have_count(25)
        page.locator(".state-chips .sending").click()
        expect(rows).to_have_count(1)
        page.locator("[type=search]").fill("المرفأ الجديد")
        page.keyboard.press("Enter")
        expect(rows).to_have_count(1)
        page.locator("[type=search]").fill("زرافة")
        walker.press("Search")
        walker.reads("Nothing found")
        walker.fits()
        walker.follow("All campaigns")
        page.locator("[type=search]").fill("العدد 29")
        page.keyboard.press("Enter")
        rows.locator("a").click()
        expect(page).to_have_url(re.compile(rf"/campaigns/{letters[-1].id}/preview$"))
