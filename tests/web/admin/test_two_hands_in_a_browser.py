"""Two browsers press "send" in the same moment, on a site whose requests really run side by side:
both stand before the campaign's row when it is let go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind, CampaignState
from app.store.engine import make_engine, make_sessions
from app.store.tables import AuditEvent, Campaign, Staff
from app.usecases.manage_campaigns import create_campaign
from app.usecases.preflight import request_preflight
from app.usecases.run_preflight import run_preflight
from tests.browser import BROWSER_MARKS
from tests.databases import NewDatabase
from tests.usecases.newsroom import Newsroom
from tests.web.admin.walking import SCREENS, Walker
from tests.web.admin.whole_newsroom import OWNERS, PASSWORD, add_owners
from tests.web.own_site import own_site

pytestmark = BROWSER_MARKS

NAMES = ("هدى الخوري", "عمر حداد")
"""Of the owners."""

SENT_ALREADY = (
    "%(name)s has sent it already, and it is not sent twice. Below is how it really stands."
)

_WAITING = text("""
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock'
""")


@pytest.fixture(scope="module")
def settings(
    new_database: NewDatabase, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("two-hands")
    with own_site(new_database, redis_url, folder, CHECK_LINKS="0", CHECK_SPAM="0") as settings:
        yield settings


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings.database_url)
    with Session(engine) as session, session.begin():
        now = datetime.now(UTC)
        add_owners(session, now=now)
        newsroom = Newsroom(session, now)
        newsroom.article("خبر", "politics")
        newsroom.reader("a", "politics")
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_sessions(engine)


def checked_draft(sessions: sessionmaker[Session], settings: Settings) -> int:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        kind = CampaignKind.ANNOUNCEMENT
        draft = create_campaign(
            session, now=now, language="ar", kind=kind, subject="لقاء", note="نلتقي الخميس."
        ).id
        editor = session.scalars(select(Staff.id).order_by(Staff.id)).first()
        run = request_preflight(session, now=now, campaign_id=draft, staff_id=editor).id
    assert run_preflight(sessions, settings, now=now, run_id=run)
    return draft


def log_in(context: BrowserContext, email: str, language: str) -> Page:
    page = context.new_page()
    page.goto(f"/admin/login?lang={language}")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


@pytest.mark.parametrize("screen", SCREENS)
def test_two_browsers_that_press_send_at_once_make_one_campaign_and_one_clear_message(
    browser: Browser,
    settings: Settings,
    sessions: sessionmaker[Session],
    screen: tuple[str, int],
) -> None:
    language, width = screen
    number = checked_draft(sessions, settings)
    with sessions.begin() as session:
        for person in session.scalars(select(Staff)):
            person.language = language
    size: ViewportSize = {"width": width, "height": 900}
    contexts = [browser.new_context(base_url=settings.base_url, viewport=size) for _ in OWNERS]
    pages = [
        log_in(context, email, language)
        for context, email in zip(contexts, OWNERS.values(), strict=True)
    ]
    for page in pages:
        page.goto(f"/admin/campaigns/{number}/send")
        for warning in page.locator("[name=accept]").all():
            warning.check()
    with sessions() as holding, sessions() as watching:
        holding.get_one(Campaign, number, with_for_update=True)
        for page in pages:
            page.locator("section.ask button").click(no_wait_after=True)
        for _ in range(1_500):
            if watching.scalar(_WAITING) == len(pages):
                break
            watching.rollback()  # A transaction sees one state of pg_stat_activity.
            pages[0].wait_for_timeout(20)
        else:
            pytest.fail("the requests do not meet at the campaign's row")
        holding.rollback()
    walker = Walker(pages[0], language)
    said = [page.locator(".notice.good, [role=alert]") for page in pages]
    for one in said:
        expect(one).to_have_count(1)
    told = [one.inner_text() for one in said]
    unchanged = walker.say("Nothing was changed by this click.")
    good, bad = sorted(told, key=lambda words: unchanged in words)
    assert good == walker.say("The campaign is on its way.")
    sender = next(name for name in NAMES if name in bad)
    said_so = walker.say(SENT_ALREADY, name=sender)
    assert bad.split() == f"{unchanged} {said_so}".split()
    with sessions() as session:
        assert session.get_one(Campaign, number).state is CampaignState.SCHEDULED
        pressed = select(func.count(AuditEvent.id)).where(
            AuditEvent.action == "campaign.send", AuditEvent.object_id == number
        )
        assert session.scalar(pressed) == 1
    for context in contexts:
        context.close()
