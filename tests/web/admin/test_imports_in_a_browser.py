"""An import as it is done in a browser: the file is chosen, its columns are named, the bar moves
by itself and survives a reload, and the import is taken back. And all its pages are whole."""

from __future__ import annotations

from _thread import LockType
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.job import JobState
from app.domain.segment import EVERYBODY
from app.domain.staff import Role
from app.domain.subscription import SubscriberState
from app.links import Links
from app.store.tables import Job, Staff, Subscriber
from app.usecases import import_in_steps, upload_readers
from app.usecases.export_readers import ask_for_export
from app.usecases.run_job import run_job
from tests.browser import BROWSER_MARKS
from tests.usecases.readers import add_reader
from tests.web.admin.browsing import look_at, served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.admin.walking import SCREENS, walking
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

HEADER = "البريد الإلكتروني,الاسم,الأقسام,ملاحظات"
LINES = [
    *(f'reader.{n}@mail.example,القارئ {n},سياسة,"من المعرض،\nالجناح {n}"' for n in range(6)),
    "this-is-no-address,سمير,,",
    "left@example.org,ريم,,",
    "reader.3@mail.example,مكرر,,",
    "garden@mail.example,هدى,حدائق,",
]


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
def list_file(tmp_path: Path, session: Session, clock: Clock) -> Path:
    add_reader(session, clock.now, "left@example.org", SubscriberState.UNSUBSCRIBED)
    path = tmp_path / "معرض-الكتاب.csv"
    path.write_text("\n".join([HEADER, *LINES]), encoding="windows-1256")
    return path


@pytest.fixture
def work(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    turns: LockType,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., None]:
    """A worker that does what was asked for last, or only a step of it."""
    for module in (upload_readers, import_in_steps):
        monkeypatch.setattr(module, "LINES_A_PART", 4)

    def go(*, only_a_step: bool = False) -> None:
        with turns:
            session.expire_all()
            undone = Job.state.in_((JobState.WAITING, JobState.RUNNING))
            job = session.scalars(select(Job.id).where(undone).order_by(Job.id.desc())).first()
            assert job is not None
            run_job(
                sessions,
                settings,
                Links(settings),
                now=clock.now,
                job_id=job,
                stopping=lambda: only_a_step,
            )

    return go


def upload(page: Page, file: Path) -> None:
    page.goto("/admin/readers/import")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("[data-upload] button").click()
    page.wait_for_url("**/readers/import/*")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_file_is_imported_and_taken_back(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    session: Session,
    work: Callable[..., None],
    list_file: Path,
    screen: tuple[str, int],
) -> None:
    with walking(browser, base, desk, staff, screen) as walker:
        page = walker.page
        walker.open("/admin/readers/import")
        page.locator("input[type=file]").set_input_files(__file__)
        walker.press("Upload and look at it")
        walker.press("Check every line")
        expect(page.locator(".notice.bad")).to_be_visible()
        upload(page, list_file)
        walker.fits()
        expect(page.get_by_label("الأقسام", exact=True)).to_have_value("topics")
        expect(page.get_by_label("ملاحظات")).to_have_value("")
        walker.press("Check every line")
        bar = page.locator("[data-bar]")
        expect(bar).to_have_attribute("max", "10")
        work(only_a_step=True)
        some = {"done": walker.digits(3), "total": walker.digits(10)}
        part = walker.say("%(done)s of %(total)s", **some)
        expect(page.locator("[data-count]")).to_have_text(part)
        page.reload()
        expect(page.locator("[data-count]")).to_have_text(part)
        work()
        will = walker.count("Import one reader", "Import %(number)s readers", 6)
        expect(page.get_by_role("heading", name=will)).to_be_visible()
        first = page.locator("tbody tr").first
        expect(first).to_contain_text("this-is-no-address")
        expect(first.locator("th")).to_have_text(walker.digits(8))
        walker.fits()
        page.locator("textarea").fill("ورقة في جناحنا بمعرض الكتاب <script>")
        page.locator("#agreed").check()
        walker.press("Import them")
        page.wait_for_url("**/jobs/*")
        work(only_a_step=True)
        page.reload()
        expect(page.locator("[data-count]")).to_have_text(part)
        work()
        became = walker.say("What became of the lines")
        expect(page.get_by_role("heading", name=became, exact=True)).to_be_visible()
        with page.expect_download() as fetched:
            walker.follow("Fetch all of them (CSV)")
        told = fetched.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert told[0] == ",".join(map(walker.say, ("Line", "Address", "Reason")))
        assert len(told) == 5
        walker.fits()
        walker.follow("Undo the import…")
        walker.press("Undo the import")
        page.wait_for_url("**/jobs/*")
        work()
        expect(page.locator(".fate-removed dd")).to_have_text(walker.digits(6))
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_pages_of_imports_and_exports_are_whole(
    browser: Browser,
    base: str,
    desk: Desk,
    session: Session,
    clock: Clock,
    staff: dict[Role, Staff],
    work: Callable[..., None],
    list_file: Path,
    language: str,
) -> None:
    staff[Role.EDITOR].language = language
    context = browser.new_context(base_url=base, bypass_csp=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    take_cookie(page, desk(Role.EDITOR), base)

    def finish() -> None:
        """Nobody is looking meanwhile: a page that sees the end loads itself anew."""
        page.goto("about:blank")
        work()

    found = look_at(page, ("/admin/jobs",))
    upload(page, list_file)
    file = page.url.removeprefix(base)
    found += look_at(page, ("/admin/readers/import", file))
    page.goto(file)
    page.locator(".columns-card button").click()
    page.wait_for_selector("[data-bar]")
    found += look_at(page, (file,))
    finish()
    found += look_at(page, (file,))
    page.locator("textarea").fill("x")
    page.locator("#agreed").check()
    page.locator("form[action$=begin] button").click()
    page.wait_for_url("**/jobs/*")
    imported = page.url.removeprefix(base)
    finish()
    found += look_at(page, (imported, f"{imported}/undo"))
    page.locator("button.danger").click()
    page.wait_for_url("**/jobs/*")
    undone = page.url.removeprefix(base)
    finish()
    export = ask_for_export(session, now=clock.now, staff_id=None, segment=EVERYBODY)
    session.commit()
    found += look_at(page, (f"/admin/jobs/{export.id}",))
    finish()
    found += look_at(
        page,
        (undone, imported, f"/admin/jobs/{export.id}", "/admin/readers/export", "/admin/jobs"),
    )
    assert found == []
    context.close()
