"""Finding readers and keeping the filter, one reader's page, adding one by hand, the suppression
list: as it is done in a browser, each from its beginning to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.segment import Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence, SubscriberState
from app.links import Links
from app.store.tables import Notice, Staff, Subscriber, Suppression, Topic
from app.usecases.compose_notice import compose_notice
from app.usecases.manage_segments import save_segment
from tests.browser import BROWSER_MARKS
from tests.usecases.readers import add_reader
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.admin.walking import SCREENS, walking
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

NAME = "الأسبوعيون weekly وقرّاء السبت <b>والأحد</b> الذين اشتركوا في معرض الكتاب"


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


@pytest.mark.parametrize("screen", SCREENS)
def test_readers_are_found_and_their_filter_kept_renamed_changed_and_deleted(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    readers: list[Subscriber],
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/readers")
        rows = page.locator("tbody tr")
        walker.follow("Older")
        expect(rows).to_have_count(7)
        page.get_by_role("searchbox").fill("WEEKLY@")
        walker.press("Search")
        expect(rows).to_have_count(1)
        walker.open("/admin/readers")
        walker.unfold("Filter")
        page.locator("input[name=pace][value=weekly]").check()
        one = {"readers": walker.digits(1), "sendable": walker.digits(1)}
        counted = "%(readers)s readers, %(sendable)s of whom can be written to now"
        expect(page.locator("[data-counted]")).to_have_text(walker.say(counted, **one))
        walker.press("Show these readers")
        expect(rows).to_have_count(1)
        walker.unfold("Keep this filter as a segment")
        page.locator("#segment-name").fill(NAME)
        walker.press("Keep it")
        expect(page.locator(".kept [aria-current]")).to_have_text(NAME)
        walker.fits()

        walker.open("/admin/readers?pace=weekly&topic=politics")
        walker.unfold("Keep this filter as a segment")
        page.locator("#segment-kept").select_option(label=NAME)
        walker.press("Change it")
        expect(page.locator(".kept [aria-current]")).to_have_text(NAME)

        walker.follow("Segments")
        walker.fits()
        walker.follow("Rename")
        page.locator("#segment-name").fill("  ")
        page.locator("#segment-name").press("Enter")
        expect(page.locator("#segment-name-errors")).to_be_visible()
        page.locator("#segment-name").fill("قرّاء السبت")
        walker.press("Save")
        expect(page.locator("tbody th")).to_have_text("قرّاء السبت")
        walker.follow("Delete")
        expect(page.locator(".what li")).to_have_count(2)
        walker.press("Delete the segment")
        expect(page.locator(".empty h2")).to_have_text(walker.say("No segment yet"))
        walker.follow("To the readers")
        expect(rows).to_have_count(25)


@pytest.mark.parametrize("screen", SCREENS)
def test_one_reader_is_changed_paused_unsubscribed_and_erased(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    readers: list[Subscriber],
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/readers?q=weekly")
        page.get_by_role("link", name="weekly@example.org").click()
        walker.unfold("Change")
        page.locator("input[name=name]").fill("سلمى Haddad <b>")
        page.locator("input[name=topics][value=economy]").check()
        page.locator("input[name=cadence][value=daily]").check()
        walker.press("Save")
        expect(page.locator(".facts")).to_contain_text("سلمى Haddad <b>")
        walker.unfold("Pause the mails")
        page.get_by_role(
            "button", name=walker.count("For one week", "For %(number)s weeks", 2)
        ).click()
        paused = walker.count("paused for one week", "paused for %(number)s weeks", 2)
        expect(page.locator(".history li").first).to_contain_text(paused)
        expect(page.locator(".facts")).to_contain_text(walker.say("Paused until"))
        walker.unfold("End the pause")
        walker.press("Begin again now")
        expect(page.locator(".history li").first).to_contain_text(walker.say("the pause ended"))
        expect(page.locator(".history li")).to_have_count(3)

        walker.fits()
        walker.follow("Unsubscribe…")
        expect(page.locator(".what li")).to_have_count(3)
        walker.press("Unsubscribe")
        expect(page.locator(".history li").first).to_contain_text(walker.say("By the staff"))
        walker.follow("Ask to subscribe again…")
        expect(page.locator("input[name=email]")).to_have_value("weekly@example.org")
        page.go_back()
        walker.follow("Erase everything about this reader…")
        expect(page.locator("ul.what")).to_have_count(2)
        walker.press("Erase for good")
        expect(page.locator(".notice.good")).to_have_text(walker.say("This reader is erased."))
        walker.open("/admin/readers?q=weekly")
        expect(page.locator(".empty h2")).to_have_text(walker.say("Nothing found"))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_reader_who_is_added_by_hand_confirms_by_mail(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    settings: Settings,
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/readers")
        expect(page.locator(".empty h2")).to_have_text(walker.say("No reader yet"))
        page.locator(".empty a").click()
        page.locator("input[name=email]").fill("new@nowhere")
        page.locator("input[name=topics][value=politics]").check()
        walker.press("Send the confirmation mail")
        expect(page.locator(".field.wrong input")).to_have_value("new@nowhere")
        expect(page.locator("input[name=topics][value=politics]")).to_be_checked()
        page.locator("input[name=email]").fill("new@example.org")
        walker.press("Send the confirmation mail")
        expect(page.locator(".notice.good")).to_contain_text("new@example.org")
        expect(page.locator("tbody tr")).to_have_count(0)

        notice = session.scalars(select(Notice)).one()
        links = Links(settings.with_(base_url=base))
        mail = compose_notice(session, notice, settings=settings, links=links)
        asked = re.search(rf"{base}/confirm/\S+", mail.text)
        assert asked is not None, mail.text
        page.goto(asked[0])
        page.locator("main form button").click()
        expect(page.locator("main h1")).to_be_visible()
        walker.open("/admin/readers")
        page.get_by_role("link", name="new@example.org").click()
        expect(page.locator(".history li")).to_have_count(2)
        expect(page.locator(".history li").last).to_contain_text(walker.say("By the staff"))


@pytest.mark.parametrize("screen", SCREENS)
def test_an_address_is_barred_and_let_off_the_list_again(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    readers: list[Subscriber],
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/suppressions")
        expect(page.locator(".empty")).to_be_visible()
        adding = page.locator("form[action$='/suppressions']:has([name=note])")
        adding.locator("[name=email]").fill("weekly@example.org")
        adding.locator("[name=note]").fill("طلب ذلك بالهاتف، <i>12/5</i>")
        walker.press("Never write to this address")
        expect(page.locator("tbody tr")).to_contain_text("طلب ذلك بالهاتف، <i>12/5</i>")
        walker.open("/admin/readers?q=weekly")
        expect(page.locator("tbody .reader-suppressed")).to_have_count(1)
        page.get_by_role("link", name="weekly@example.org").click()
        walker.follow("To the suppression list")
        expect(page.locator("#found-title")).to_have_text("weekly@example.org")
        walker.press("Take it off the list")
        expect(page.locator(".field.wrong")).to_be_visible()
        page.locator("form[action$=lift] [name=note]").fill("عاد فطلب")
        walker.press("Take it off the list")
        expect(page.locator(".empty")).to_be_visible()
        walker.open("/admin/readers?q=weekly")
        expect(page.locator("tbody .reader-unsubscribed")).to_have_count(1)


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
