"""A source in a browser: its site's address is looked at, the feed that is found there is added
and read, its categories are mapped, its failure says what to do, and it is paused or removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.staff import Role
from app.store.tables import Article, AuditEvent, Source, SourceCategory, Staff
from app.usecases.ingest_sources import ingest_source
from tests.browser import BROWSER_MARKS
from tests.loopback import serving
from tests.usecases.test_ingest_sources import items
from tests.web.admin.browsing import served, take_cookie
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock

pytestmark = BROWSER_MARKS

_HOME = """<!doctype html><html><head><title>سدرة</title>
<link rel="alternate" type="application/rss+xml" title="كل الأخبار" href="/rss.xml">
</head><body>سدرة</body></html>"""
_ITEMS = "".join(
    f"<guid>{number}</guid><title>{title}</title><category>مال وأعمال</category></item><item>"
    for number, title in enumerate(("المرفأ يستقبل سفينة", "السوق القديم يُرمّم"))
)


class _Press(BaseHTTPRequestHandler):
    """A site whose home page names its feed."""

    def do_GET(self) -> None:
        if self.path == "/":
            body, kind = _HOME.encode(), "text/html; charset=utf-8"
        elif self.path == "/rss.xml":
            body, kind = items(_ITEMS.removesuffix("</item><item>")), "application/rss+xml"
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor's browser, and the address of the site outside."""

    page: Page
    site: str


@pytest.fixture
def editor(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, desk: Desk, browser: Browser
) -> Iterator[Editor]:
    with (
        served(settings, sessions, clock) as base,
        ThreadingHTTPServer(("127.0.0.1", 0), _Press) as press,
        serving(press),
    ):
        context = browser.new_context(base_url=base)
        context.set_default_timeout(10_000)
        page = context.new_page()
        take_cookie(page, desk(Role.EDITOR), base)
        yield Editor(page, f"http://127.0.0.1:{press.server_port}")
        context.close()


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("en", 1280)])
def test_a_source_from_its_address_to_its_end(
    editor: Editor,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    staff: dict[Role, Staff],
    clock: Clock,
    language: str,
    width: int,
) -> None:
    staff[Role.EDITOR].language = language
    session.commit()
    page, site = editor.page, editor.site
    page.set_viewport_size({"width": width, "height": 900})

    # The site's own address is enough.
    page.goto("/admin/sources")
    page.locator("[name=url]").fill(f"{site}/nothing")
    page.locator("[name=topic]").select_option("economy")
    page.locator("[formaction*='/look']").click()
    expect(page.locator("#add .notice.bad")).to_contain_text("404")
    expect(page.locator("[name=topic]")).to_have_value("economy")
    page.locator("[name=url]").fill(f"{site}/")
    page.locator("[name=url]").press("Enter")
    feed = page.locator(f"button[name=pick][value='{site}/rss.xml']")
    expect(feed).to_be_visible()
    page.locator("[name=url]").press("Enter")
    expect(page.locator("[name=url]")).to_have_value(f"{site}/")
    feed.click()
    good = page.locator("#add .notice.good")
    expect(good).to_contain_text("المرفأ يستقبل سفينة")
    expect(page.locator("[name=url]")).to_have_value(f"{site}/rss.xml")
    assert session.scalars(select(Source)).all() == [], "nothing is added by looking"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#add .actions button").first.click()
    expect(page.locator(".notice.good").first).to_be_visible()
    source = session.scalars(select(Source)).one()
    ingest_source(sessions, settings, now=clock.now, source_id=source.id)

    # Its category is mapped to a topic, at once for what is there.
    page.locator("ul.cards h2 a").click()
    category = session.scalars(select(SourceCategory)).one()
    page.locator(f"[name=category-{category.id}]").select_option("politics")
    page.locator("form[action$='/categories'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    session.expire_all()
    assert {one.topic.slug for one in session.scalars(select(Article))} == {"politics"}

    # An address that is wrong says what to do.
    page.locator("[name=url]").fill(f"{site}/gone.xml")
    page.locator("form[action$='/settings'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    ingest_source(sessions, settings, now=clock.now, source_id=source.id)
    page.reload()
    trouble = page.locator(".notice.bad")
    expect(trouble).to_contain_text("404")
    expect(trouble.locator("br")).to_have_count(1)

    # It has articles, so it is not removed but paused.
    page.locator("a[href$='/remove']").click()
    ask = page.locator(".ask")
    expect(ask.locator("button.danger")).to_have_count(0)
    ask.locator("form[action$='/active'] button").click()
    expect(page.locator(".chip.paused")).to_be_visible()

    # One without articles goes.
    page.locator("[name=url]").fill("https://feeds.example/typo.xml")
    page.locator("#add .actions button").last.click()
    expect(page.locator("ul.cards > li")).to_have_count(2)
    page.locator("ul.cards h2 a", has_text="feeds.example").click()
    page.locator("a[href$='/remove']").click()
    page.locator(".ask button.danger").click()
    expect(page.locator("ul.cards > li")).to_have_count(1)
    told = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
    assert [one for one in told if one.startswith("source.")] == [
        "source.add",
        "source.categories",
        "source.change",
        "source.pause",
        "source.add",
        "source.remove",
    ]
