"""An article while it is written: its card comes up in the frame, and the form goes on."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import Article
from tests.usecases.newsroom import Newsroom
from tests.web.admin.test_brand_in_a_browser import page, pytestmark
from tests.web.showcase import HOSTILE

__all__ = ["page", "pytestmark"]


def test_the_card_is_shown_and_the_form_can_still_be_sent(page: Page, session: Session) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/admin/articles/new")
    page.locator("[name=headline]").fill("عازف الربابة يفتح بيته للجيران")
    page.locator("[name=body]").fill("فقرة أولى.\n\nفقرة ثانية.")
    page.locator("[name=topic]").select_option("politics")
    card = page.frame_locator("iframe[name=card]")
    for headline in ("عازف الربابة يفتح بيته للجيران", "عازف الربابة يعود"):
        page.locator("[name=headline]").fill(headline)
        page.get_by_role("button", name="أظهره كما في الرسالة").click()
        expect(card.locator("body")).to_contain_text(headline)
    assert session.scalars(select(Article)).all() == []
    page.get_by_role("button", name="احفظ المقال").click()
    expect(page.locator(".notice.good")).to_contain_text("حُفظ المقال")
    expect(page.frame_locator("iframe[name=card]").locator("body")).to_contain_text("الربابة")
    assert complaints == []


def test_what_a_hostile_feed_wrote_runs_nowhere_in_the_newsroom(
    page: Page, session: Session, newsroom: Newsroom
) -> None:
    """As if it had come past everything that cleans it: in the lists, on the article's page and in
    its form, in its card, and in the mail of a campaign that is looked at."""
    attack = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    number = newsroom.article(attack, "politics")
    article = session.get_one(Article, number)
    article.body_html, article.standfirst, article.byline = HOSTILE, attack, f'">{attack}'
    article.image_alt = article.kicker = f"'\"{attack}"
    session.commit()
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/admin/campaigns/new")
    page.locator("[name=kind][value=alert]").check()
    page.locator("main form button").last.click()
    campaign = page.url.rpartition("/campaigns/")[2].partition("/")[0]
    for path in (
        "articles",
        f"articles?q={attack[:4]}",
        f"articles/{number}",
        f"articles/{number}/edit",
        f"articles/{number}/card",
        f"campaigns/{campaign}/content",
        f"campaigns/{campaign}/look",
        f"campaigns/{campaign}/preview",
        f"campaigns/{campaign}/preview/mail",
    ):
        page.goto(f"/admin/{path}")
        page.wait_for_load_state("networkidle")
        assert "run" not in [frame.title() for frame in page.frames], path
        assert page.evaluate("document.baseURI").startswith(page.url), path
    assert [one for one in asked if "evil.example" in one or not one.startswith("http")] == []


def test_the_pages_of_articles_fit_a_phone(
    page: Page, session: Session, newsroom: Newsroom
) -> None:
    number = newsroom.article("خبر طويل العنوان عن سوق المدينة القديمة وحرفييها", "politics")
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/new", "", f"/{number}", f"/{number}/edit"):
        page.goto(f"/admin/articles{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.goto("/admin/tokens")
    page.get_by_label("الغرض منه").fill("نظام النشر")
    page.get_by_role("button", name="أنشئ رمزاً").click()
    expect(page.locator(".secret code")).to_contain_text("nashra_")
    page.locator("details summary").last.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
