"""A schedule whose editions are approved, on the real thing: set on its page, run, the mail in an
editor's mailbox, its link, the preview, approved, and the digest in a reader's mailbox."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import BROWSER_MARKS
from tests.e2e.test_the_whole_road import (
    Installation,
    log_in,
    mails_to,
    nashra,
    newest_mail,
    page,
    sign_up,
)

pytestmark = BROWSER_MARKS
__all__ = ["nashra", "page"]

READER = "approved@example.org"


def test_a_run_is_mailed_looked_at_held_approved_and_sent(page: Page, nashra: Installation) -> None:
    sign_up(page, READER, cadence="daily")
    log_in(page, nashra)
    page.goto("/admin/schedules/new")
    page.locator("[name=name]").fill("نشرة المساء")
    page.locator("[name=cadence][value=daily]").check()
    page.locator("[name=release][value=approval]").check()
    page.locator("form[data-schedule-form] .actions button").click()
    page.wait_for_url(re.compile(r"/admin/schedules/\d+$"))
    schedule = page.url

    page.locator("a[href$='/run']").click()
    page.locator(".ask form[action$='/run'] button").click()
    page.wait_for_url("**/approval")
    asking = newest_mail(page, nashra.login)
    found = re.search(r"https?://\S+/campaigns/\d+/approval", asking)
    assert found is not None, asking

    # The mail's link leads to the draft as readers get it; held back, nothing goes out.
    page.goto(found[0])
    expect(page.frame_locator("iframe.draft").locator("h1")).to_have_count(1)
    page.locator("form[action$='/hold'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    page.goto(schedule)
    expect(page.locator("tbody .chip").first).to_have_text("معلّقة")
    assert mails_to(page, READER) == 1, "the confirmation alone"

    page.goto(found[0])
    page.locator("form[action$='/approve'] button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    digest = newest_mail(page, READER, more_than=1)
    assert "/u/" in digest
    page.goto(schedule)
    expect(page.locator("tbody .chip").first).to_have_class(re.compile("finished"))
    page.locator("tbody th a").first.click()
    expect(page.locator("main h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
