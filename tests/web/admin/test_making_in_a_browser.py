"""A campaign made in a browser: articles chosen, dragged and moved by key, the mail beside its
subject, the count of readers and the time told while they are chosen; and once from beginning to
end with nothing but the keyboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState
from app.domain.edition import Design
from app.domain.segment import Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Campaign, Notice, Staff
from app.usecases.manage_segments import save_segment
from tests.browser import BROWSER_MARKS
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk, Turns
from tests.web.admin.sending import Worker
from tests.web.admin.walking import CROSSED, SCREENS, Walker, walking
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS


def only_campaign(session: Session) -> Campaign:
    session.expire_all()
    return session.scalars(select(Campaign)).one()


def drag_up(page: Page, place: int) -> None:
    """Drags the article at this place to the first, by its handle."""
    handle = page.locator("[data-handle]").nth(place)
    handle.scroll_into_view_if_needed()
    held = handle.bounding_box()
    first = page.locator("[data-list] > li").first.bounding_box()
    assert held is not None
    assert first is not None
    x = held["x"] + held["width"] / 2
    page.mouse.move(x, held["y"] + held["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, first["y"] + 30, steps=8)
    page.mouse.move(x, first["y"] + 2, steps=4)
    page.mouse.up()


def pick_articles(walker: Walker) -> None:
    """Three are taken, dragged, moved by key, and one is taken out."""
    page = walker.page
    headlines = page.locator("[data-list] bdi")
    walker.press("Take the newest")
    expect(headlines).to_have_text(["السوق", "الميناء", "الجسر"])
    page.locator("#note").fill("صباح الخير.")
    page.locator("[data-handle]").nth(2).focus()
    page.keyboard.press("ArrowUp")
    expect(headlines).to_have_text(["السوق", "الجسر", "الميناء"])
    expect(page.locator("[data-handle]").nth(1)).to_be_focused()
    drag_up(page, 2)
    expect(headlines).to_have_text(["الميناء", "السوق", "الجسر"])
    walker.press("Take out: %(headline)s", headline="الجسر")
    expect(headlines).to_have_text(["الميناء", "السوق"])
    walker.fits()
    walker.press("Save and go on")


def choose_readers(walker: Walker, newsroom: Newsroom) -> None:
    """The count follows each choice."""
    answer = walker.page.locator("[data-answer]")
    two = {"ar": "قارئان", "en": "2 readers"}[walker.language]
    expect(answer).to_contain_text(two)
    walker.choose("topics", newsroom.slugs("sport")[0])
    weekly = walker.page.locator("[name=cadences][value=weekly]")
    weekly.check()
    expect(answer).to_have_text(walker.say("Nobody: no active reader fits these choices."))
    weekly.uncheck()
    expect(answer).to_contain_text(two)
    walker.fits()
    walker.press("Save and go on")


def give_a_subject(walker: Walker) -> None:
    """The mail beside the fields follows what is typed."""
    page = walker.page
    mail = page.frame_locator("iframe[name=look-mail]")
    expect(mail.locator("body")).to_contain_text("صباح الخير.")
    page.locator("[data-take=subject]").first.click()
    expect(page.locator("#subject")).to_have_value("الميناء")
    page.locator("#preheader").fill("سطر من عندنا")
    expect(mail.locator("body")).to_contain_text("سطر من عندنا")
    expect(page.locator("[data-shows=preheader]")).to_have_text("سطر من عندنا")
    walker.fits()
    walker.press("Save and go on")


def look_at_the_preview(walker: Walker) -> None:
    """As text, in the dark on a phone; and a test to oneself."""
    page = walker.page
    walker.follow("Text")
    expect(page.locator("pre.mail-text")).to_contain_text("صباح الخير.")
    walker.follow("Phone")
    page.locator(".preview .tabs").last.get_by_role("link", name=walker.say("Dark")).click()
    expect(page.locator(".preview.phone.dark")).to_be_visible()
    walker.fits()
    walker.press("Send the test")
    walker.reads("A test is on its way to one colleague.", ".notice.good")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_selection_is_made_looked_at_checked_and_sent(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    newsroom: Newsroom,
    worker: Worker,
    clock: Clock,
    turns: Turns,
    screen: tuple[str, int],
) -> None:
    for name in ("الجسر", "الميناء", "السوق"):
        newsroom.article(name, "economy")
    newsroom.reader("a")
    newsroom.reader("b", "sport")
    session.commit()
    with walking(browser, base, desk, staff, screen) as walker:
        walker.page.goto("/admin/campaigns")
        walker.link("New campaign").first.click()
        walker.choose("kind", "selection")
        walker.press("Begin")
        pick_articles(walker)
        choose_readers(walker, newsroom)
        give_a_subject(walker)
        look_at_the_preview(walker)
        walker.follow("Go on to sending")
        walker.press("Continue")
        walker.reads("Being checked")
        number = only_campaign(session).id
        worker.checks(number, now=clock.now)
        expect(walker.page.locator("#send-title")).to_be_visible()
        walker.fits()
        accept = walker.page.locator("[name=accept]")
        if accept.count():
            accept.check()
        walker.page.locator("section.ask button").click()
        walker.reads("The campaign is on its way.", ".notice.good")
        worker.prepares(number, now=clock.now)
        expect(walker.page.locator('[data-phase="sending"][aria-current]')).to_be_visible()
        walker.fits()
    with turns:
        campaign = only_campaign(session)
        assert (campaign.kind, campaign.state) == (CampaignKind.SELECTION, CampaignState.SENDING)
        assert (campaign.subject, campaign.preheader) == ("الميناء", "سطر من عندنا")
        assert (campaign.note, campaign.audience) == ("صباح الخير.", 2)
        assert len(session.scalars(select(Notice)).all()) == 1, "the test"


@pytest.mark.parametrize("screen", CROSSED)
def test_the_keyboard_alone_makes_a_campaign_and_sets_its_time(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    newsroom: Newsroom,
    clock: Clock,
    screen: tuple[str, int],
) -> None:
    newsroom.article("سوق الكتب", "economy")
    newsroom.article("مباراة الليلة", "sport")
    newsroom.reader("a", "economy")
    save_segment(session, now=clock.now, name="يوميون", segment=Segment(cadences=(Cadence.DAILY,)))
    session.commit()
    with walking(browser, base, desk, staff, screen) as walker:
        page, keys = walker.page, walker.page.keyboard
        page.goto("/admin/campaigns/new")
        walker.tab_to(page.locator("[name=kind]:checked"))
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        expect(page.locator("[name=kind][value=alert]")).to_be_checked()
        walker.enter(walker.button("Begin"))

        # Enter in the search box searches and does not go on.
        walker.tab_to(page.locator("#words"))
        keys.type("سوق")
        keys.press("Enter")
        choose = page.locator(".offers [value^='add:']")
        expect(choose).to_have_count(1)
        walker.enter(choose)
        expect(page.locator("[data-list] bdi")).to_have_text(["سوق الكتب"])
        walker.enter(walker.button("Save and go on"))

        walker.tab_to(page.locator("[name=cadences][value=weekly]"))
        keys.press("Space")
        answer = page.locator("[data-answer]")
        expect(answer).to_have_text(walker.say("Nobody: no active reader fits these choices."))
        keys.press("Space")
        walker.tab_to(page.locator("#segment"))
        keys.press("ArrowDown")
        expect(answer).not_to_have_text(walker.say("Nobody: no active reader fits these choices."))
        walker.enter(walker.button("Save and go on"))

        walker.tab_to(page.locator("#subject"))
        keys.type("عنوان من لوحة المفاتيح")
        mail = page.frame_locator("iframe[name=look-mail]")
        expect(mail.locator("body")).to_contain_text("نص الخبر")
        walker.tab_to(page.locator("[name=design]:checked"))
        keys.press("ArrowUp")
        expect(page.locator("[name=design][value=brief]")).to_be_checked()
        walker.enter(page.locator(".actions button[value=next]"))
        walker.enter(walker.link("Go on to sending"))

        walker.tab_to(page.locator("[name=way]:checked"))
        keys.press("ArrowDown")
        expect(page.locator("[name=way][value=at]")).to_be_checked()
        walker.tab_to(page.locator("#time"))
        keys.type("0645AM")
        expect(answer).to_contain_text({"ar": "٠٦:٤٥", "en": "06:45"}[walker.language])
        walker.enter(walker.button("Continue"))
        expect(page.locator(".notice.good")).to_contain_text(walker.say("tomorrow"))
        walker.fits()
        campaign = only_campaign(session)
        assert campaign.state is CampaignState.SCHEDULED
        assert campaign.send_at == datetime(2025, 1, 23, 4, 45, tzinfo=UTC)
        assert (campaign.subject, campaign.design) == ("عنوان من لوحة المفاتيح", Design.BRIEF)
        assert campaign.segment_name == "يوميون"

        # Taken back, and cancelled after a question that names what will happen.
        walker.enter(walker.button("Make it a draft again"))
        walker.is_at("/preview$")
        walker.enter(walker.link("Go on to sending"))
        walker.enter(walker.link("Cancel the draft…"))
        walker.reads("Cancel this campaign for good?", "#ask-title")
        walker.fits()
        walker.enter(walker.button("Cancel the campaign"))
        walker.reads("Cancelled. Nobody else is written to.", ".notice.good")
    assert only_campaign(session).state is CampaignState.CANCELLED


@pytest.mark.parametrize("screen", SCREENS)
def test_what_is_missing_is_said_at_its_step_and_two_hands_do_not_overwrite_each_other(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    newsroom: Newsroom,
    screen: tuple[str, int],
) -> None:
    newsroom.reader("a")
    session.commit()
    with (
        walking(browser, base, desk, staff, screen) as walker,
        walking(browser, base, desk, staff, screen, Role.OWNER) as other,
    ):
        page = walker.page
        page.goto("/admin/campaigns/new")
        walker.choose("kind", "announcement")
        walker.press("Begin")
        walker.press("Save and go on")
        expect(page.locator("#note-errors")).to_be_visible()
        page.locator("#note").fill("نلتقي الخميس.\n\nأهلاً بكم.")
        walker.press("Save and leave")
        walker.reads("The draft is kept. Go on with it whenever you like.", ".notice.good")
        page.get_by_role("link", name="نلتقي الخميس.").click()
        walker.is_at("/look$")  # an announcement without a subject opens there

        number = only_campaign(session).id
        other.page.goto(f"/admin/campaigns/{number}/look")
        page.locator("#subject").fill("لقاء القرّاء")
        walker.press("Save and go on")
        other.page.locator("#subject").fill("موعد آخر")
        other.press("Save and go on")
        other.reads("Somebody has saved this draft since you opened it.", "[role=alert]")
        expect(other.page.locator("#subject")).to_have_value("موعد آخر")
        other.fits()
        assert only_campaign(session).subject == "لقاء القرّاء"
        other.press("Save and go on")
        other.is_at("/preview$")
        assert only_campaign(session).subject == "موعد آخر"

        # In each reader's own morning; the last step leads back to what is to be changed.
        other.follow("Go on to sending")
        other.link("Change: %(what)s", what=other.say("Subject")).click()
        other.is_at("/look$")
        other.page.go_back()
        other.choose("way", "morning")
        first = {"ar": "تصل إلى أول القرّاء", "en": "The first readers get it"}[other.language]
        expect(other.page.locator("[data-answer]")).to_contain_text(first)
        other.press("Continue")
        campaign = only_campaign(session)
        assert campaign.state is CampaignState.SCHEDULED
        assert campaign.morning_day is not None
        other.fits()
        page.goto(f"/admin/campaigns/{number}/look")
        walker.reads("Nothing was changed by this click.", "[role=alert]")


def test_a_count_that_takes_long_says_so_and_one_that_fails_leaves_no_old_number(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    newsroom: Newsroom,
    clock: Clock,
) -> None:
    newsroom.reader("a")
    draft = Campaign(
        kind=CampaignKind.ANNOUNCEMENT,
        state=CampaignState.DRAFT,
        policy="resend",
        language="ar",
        created_at=clock.now - timedelta(hours=1),
    )
    session.add(draft)
    session.commit()
    with walking(browser, base, desk, staff, ("ar", 390)) as walker:
        page, held = walker.page, []
        page.goto(f"/admin/campaigns/{draft.id}/audience")
        answer = page.locator("[data-answer]")
        expect(answer).to_have_text("قارئ واحد.")
        page.route("**/audience/count*", lambda route: held.append(route))  # noqa: PLW0108
        walker.choose("cadences", "weekly")
        expect(answer).to_have_text("يجري العدّ…")
        held.pop().continue_()
        expect(answer).to_have_text("لا أحد: لا قارئ نشطاً تنطبق عليه هذه الاختيارات.")
        walker.choose("cadences", "daily")
        expect(answer).to_have_text("يجري العدّ…")
        held.pop().abort()
        expect(answer).to_have_text("تعذّر العدّ الآن. غيّر اختيارك لتعيد المحاولة.")
