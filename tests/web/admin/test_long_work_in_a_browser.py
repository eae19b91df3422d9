"""Long work as it is done in a browser: many readers changed and changed back, and an export, each
from the list of readers to its end, with the page loaded anew in the middle."""

from __future__ import annotations

from _thread import LockType
from collections.abc import Callable, Iterator
from threading import Lock

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.job import UNDONE
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.links import Links
from app.store.tables import Job, Staff, Topic
from app.usecases import change_readers, export_readers, undo_change
from app.usecases.run_job import run_job
from tests.browser import BROWSER_MARKS
from tests.usecases.readers import add_reader
from tests.web.admin.browsing import served
from tests.web.admin.conftest import Desk
from tests.web.admin.walking import SCREENS, walking
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

READERS = 30
CHANGE = ("Change one reader", "Change %(number)s readers")


@pytest.fixture
def turns() -> LockType:
    """The pages ask for their progress by themselves, also while the worker works."""
    return Lock()


@pytest.fixture
def base(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, turns: LockType
) -> Iterator[str]:
    with served(settings, sessions, clock, turns) as base:
        yield base


@pytest.fixture
def readers(session: Session, clock: Clock, topics: list[Topic]) -> None:
    for number in range(READERS):
        add_reader(
            session,
            clock.now,
            f"reader.with.a.rather.long.address.{number:02}@mail.example",
            cadence=Cadence.WEEKLY if number % 3 else Cadence.DAILY,
            topic_mask=0b01,
        )


@pytest.fixture
def work(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    turns: LockType,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., None]:
    """A worker that does what waits, or only a step of it."""
    for module in (change_readers, export_readers, undo_change):
        monkeypatch.setattr(module, "BATCH", 8)

    def go(*, only_a_step: bool = False) -> None:
        with turns:
            session.expire_all()
            job = session.scalars(select(Job.id).where(Job.state.in_(UNDONE))).one()
            run_job(
                sessions,
                settings,
                Links(settings),
                now=clock.now,
                job_id=job,
                stopping=lambda: only_a_step,
            )

    return go


@pytest.mark.parametrize("screen", SCREENS)
def test_many_readers_are_changed_and_changed_back(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    readers: None,
    work: Callable[..., None],
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/readers?pace=weekly")
        walker.press("Change the chosen readers…")
        expect(page.locator(".notice.warn")).to_be_visible()
        walker.press("Change all of these…")
        page.locator("input[name=deed][value=add_topic]").check()
        page.locator("select[name=topic]").select_option("economy")
        walker.press("Go on")
        expect(page.locator(".ask .lead")).to_have_text(
            walker.count("One reader", "%(number)s readers", 20)
        )
        can = walker.say("The change can be undone for ninety days.")
        expect(page.locator(".what")).to_contain_text(can)
        page.get_by_role("button", name=walker.count(*CHANGE, 20)).click()
        page.wait_for_url("**/jobs/*")
        work(only_a_step=True)
        page.reload()
        some = {"done": walker.digits(8), "total": walker.digits(20)}
        expect(page.locator("[data-count]")).to_have_text(
            walker.say("%(done)s of %(total)s", **some)
        )
        work()
        all_of_them = walker.count(
            "One of them was changed.", "%(number)s of them were changed.", 20
        )
        expect(page.locator("main")).to_contain_text(all_of_them)

        walker.follow("Undo the change…")
        expect(page.locator(".ask")).to_contain_text(
            walker.count("It changed one reader.", "It changed %(number)s readers.", 20)
        )
        walker.press("Undo the change")
        page.wait_for_url("**/jobs/*")
        work(only_a_step=True)
        page.reload()
        expect(page.locator("[data-count]")).to_have_text(
            walker.say("%(done)s of %(total)s", **some)
        )
        work()
        expect(page.locator(".job-done")).to_be_visible()
        expect(page.locator(".fate-removed dd")).to_have_text(walker.digits(20))
        walker.fits()
        walker.follow("Imports and exports")
        expect(page.locator("tbody tr")).to_have_count(2)
        walker.open("/admin/readers?topic=economy")
        expect(page.locator(".empty")).to_be_visible()


@pytest.mark.parametrize("screen", SCREENS)
def test_an_export_is_asked_for_stopped_gone_on_with_and_fetched(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    readers: None,
    work: Callable[..., None],
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/readers?pace=weekly")
        walker.follow("Export")
        expect(page.locator("input[name=segment]:checked")).to_have_value("filter")
        walker.press("Write the file")
        page.wait_for_url("**/jobs/*")
        work(only_a_step=True)
        work(only_a_step=True)
        page.reload()
        expect(page.locator("progress")).to_have_attribute("value", "8")
        walker.fits()
        walker.press("Stop it")
        expect(page.locator(".job-cancelled")).to_be_visible()
        walker.press("Go on with it")
        expect(page.locator("[data-job]")).to_be_visible()
        work()
        expect(page.locator(".job-done")).to_be_visible()
        with page.expect_download() as fetched:
            walker.press("Fetch the file (CSV)")
        lines = fetched.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 21
        assert all("weekly" in line for line in lines[1:])
        walker.open("/admin/readers/export")
        expect(page.locator("section ul.lines .job-done")).to_have_count(1)
