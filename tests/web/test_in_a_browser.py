"""What only a browser can show: the switch of colours, the policy at work, the sandboxed frame."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, delete
from werkzeug.serving import make_server

from app.config import Settings
from app.store.engine import make_sessions
from app.store.tables import Article, Source, Topic
from app.web.factory import create_app
from tests.browser import BROWSER_MARKS
from tests.web.articles import add_article, add_source
from tests.web.test_mailbox import put

pytestmark = BROWSER_MARKS

MAIL = """From: news@levant.example\r
To: a@example.org\r
Subject: Hello\r
Content-Type: text/html; charset=utf-8\r
\r
<html><head><style>body {{ color: rgb(1, 2, 3) }}
@media (prefers-color-scheme: dark) {{ body {{ color: rgb(9, 8, 7) }} }}</style></head>
<body><script>document.title = "scripted"; top.location = "about:blank"</script>
<img src="x" onerror="document.title = 'scripted'">
<form action="{base}/subscribe" method="post"><button>Send</button></form>
<a href="{base}/subscribed">Go</a></body></html>"""


HOSTILE = """<p onclick="document.title='run'">متن</p><script>document.title = "run"</script>
<img src="/nowhere.png" onerror="document.title = 'run'"><style>body { display: none }</style>
<a href="javascript:document.title='run'">رابط</a><iframe src="/subscribed"></iframe>
<form action="https://evil.example"><button>زر</button></form><base href="https://evil.example">
<svg onload="document.title='run'"></svg><p style="position: fixed; inset: 0">غطاء</p>"""


@pytest.fixture
def base(settings: Settings) -> Iterator[str]:
    """The site served on a free port; these tests only read."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    chosen = settings.with_(base_url=address, embedded=frozenset({"mailbox"}))
    server.app = create_app(chosen)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()
    server.app.extensions["nashra"].engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="light")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [one for one in complaints if "status of 404" not in one] == []


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_switch_follows_the_system_first_and_remembers(page: Page, base: str) -> None:
    page.goto(base)
    switch = page.get_by_role("button", name="الوضع المظلم")
    light = paper(page)
    page.emulate_media(color_scheme="dark")
    dark = paper(page)
    assert light != dark
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert (paper(page), switch.get_attribute("aria-pressed")) == (light, "false")
    page.goto(f"{base}/subscribed")
    assert (paper(page), switch.get_attribute("aria-pressed")) == (light, "false")
    page.emulate_media(color_scheme="light")
    switch.press("Enter")
    page.reload()
    assert (paper(page), switch.get_attribute("aria-pressed")) == (dark, "true")


@pytest.mark.parametrize("path", ["/", "/subscribe", "/subscribed", "/nowhere", "/mailbox"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_fits_a_phone_and_breaks_no_policy(
    page: Page, base: str, path: str, language: str
) -> None:
    page.goto(f"{base}{path}?lang={language}")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_mail_is_shown_without_its_scripts_and_its_links_open_outside(
    browser: Browser, base: str, settings: Settings
) -> None:
    key = put(settings.mailbox_dir, 1, MAIL.format(base=base).encode())
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{base}/mailbox/{key}")
    frame = page.frame_locator("iframe")
    assert frame.locator("body").evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"
    assert page.frames[1].title() != "scripted"
    assert page.url == f"{base}/mailbox/{key}"
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Go").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{base}/subscribed"
    assert opened.value.get_by_role("heading", level=1).inner_text() == "تحقّق من بريدك"
    page.get_by_role("link", name="داكن").click()
    assert frame.locator("body").evaluate("e => getComputedStyle(e).color") == "rgb(9, 8, 7)"
    context.close()


@pytest.fixture
def hostile_article(engine: Engine, now: datetime) -> Iterator[int]:
    """An article whose body came past the sanitiser, committed for a server of its own."""
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        topic = Topic(slug="hostile", name_ar="قسم", name_en="Topic", bit=61)
        session.add(topic)
        session.flush()
        source = add_source(session, topic, now)
        article = add_article(session, source, topic, now, headline="عنوان", body_html=HOSTILE)
        made = ((Article, article.id), (Source, source.id), (Topic, topic.id))
    yield made[0][1]
    with sessions.begin() as session:
        for table, number in made:
            session.execute(delete(table).where(table.id == number))


def test_even_a_body_that_was_not_cleaned_runs_nothing(
    browser: Browser, base: str, hostile_article: int
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{base}/a/{hostile_article}")
    page.get_by_text("متن", exact=True).click()
    page.get_by_role("link", name="رابط").click()
    page.wait_for_load_state("networkidle")
    assert page.title() == "عنوان · ليفانت"
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.locator(".prose p").last.evaluate("e => getComputedStyle(e).position") == "static"
    page.get_by_role("button", name="زر").dispatch_event("click")
    page.wait_for_timeout(300)  # a form that was let through would be on its way by now
    assert page.url == f"{base}/a/{hostile_article}"
    context.close()
