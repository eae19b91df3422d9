"""Every page of the admin in a browser, in Arabic and English, on a phone and on a desk.

The table below names a page for each address that the application answers: a new one fails until
it stands here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from pprint import pformat
from types import MappingProxyType

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser import BROWSER_MARKS
from tests.databases import NewDatabase
from tests.web.admin.looking import Looker
from tests.web.admin.whole_newsroom import (
    CAREFUL,
    OWNERS,
    PASSWORD,
    Newsroom,
    open_empty,
    open_newsroom,
)
from tests.web.own_site import own_site

pytestmark = BROWSER_MARKS

PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "home": ("",),
        "account": ("account",),
        "second_step": ("account/second-step",),
        "articles": ("articles", "articles?q=زرافة"),
        "article": ("articles/{article}",),
        "edit_article": ("articles/{article}/edit",),
        "new_article": ("articles/new",),
        "audit": ("audit", "audit?who=nobody&action=source.add"),
        "brand": ("brand",),
        "campaigns": ("campaigns", "campaigns?q=زرافة"),
        "new_campaign": ("campaigns/new",),
        "campaign": (
            "campaigns/{scheduled}",
            "campaigns/{sending}",
            "campaigns/{paused}",
            "campaigns/{review}",
            "campaigns/{finished}",
            "campaigns/{cancelled}",
        ),
        "campaign_kind": ("campaigns/{digest}/kind",),
        "campaign_content": (
            "campaigns/{digest}/content",
            "campaigns/{selection}/content",
            "campaigns/{letter}/content",
            "campaigns/{empty}/content",
        ),
        "campaign_audience": ("campaigns/{digest}/audience",),
        "campaign_look": ("campaigns/{selection}/look",),
        "campaign_when": ("campaigns/{digest}/when", "campaigns/{checked}/when"),
        "preview": (
            "campaigns/{selection}/preview",
            "campaigns/{checked}/preview",
            "campaigns/{checking}/preview",
        ),
        "approval": ("campaigns/{run}/approval",),
        "confirm_cancel": ("campaigns/{sending}/cancel",),
        "confirm_decision": ("campaigns/{review}/decide?what=again",),
        "campaign_deliveries": (
            "campaigns/{sending}/deliveries?state=failed",
            "campaigns/{review}/deliveries?state=unknown",
            "campaigns/{finished}/deliveries?state=returned",
        ),
        "confirm_resume": ("campaigns/{paused}/resume",),
        "confirm_send": ("campaigns/{checked}/send",),
        "forgot": ("forgot",),
        "forgot_sent": ("forgot/sent",),
        "invitation": ("{invitation}",),
        "login": ("login",),
        "login_code": ("login/code",),
        "reset_password": ("{reset}",),
        "jobs": ("jobs",),
        "job": ("jobs/{job}", "jobs/{waiting job}", "jobs/{import}"),
        "undo_job": ("jobs/{import}/undo",),
        "passkeys": ("account/passkeys",),
        "change_readers": ("readers/change?whole=1",),
        "import_readers": ("readers/import",),
        "import_file": ("readers/import/{file}", "readers/import/{check}"),
        "widgets": ("widgets",),
        "confirm_remove_origin": ("widgets/sites/{origin}/remove",),
        "readers": ("readers", "readers?q=zebra"),
        "reader": ("readers/{reader}", "readers/{suppressed}"),
        "forget_reader": ("readers/{reader}/erase",),
        "confirm_leave_reader": ("readers/{reader}/unsubscribe",),
        "export": ("readers/export",),
        "new_reader": ("readers/new",),
        "schedules": ("schedules",),
        "schedule": ("schedules/{schedule}",),
        "confirm_delete_schedule": ("schedules/{schedule}/delete",),
        "edit_schedule": ("schedules/{schedule}/edit",),
        "confirm_run_schedule": ("schedules/{schedule}/run",),
        "new_schedule": ("schedules/new",),
        "segments": ("segments",),
        "confirm_delete_segment": ("segments/{segment}/delete",),
        "rename_kept_segment": ("segments/{segment}/rename",),
        "settings": ("settings",),
        "sending_dns": ("settings/dns",),
        "mail_server": ("settings/mail-server",),
        "sources": ("sources",),
        "confirm_remove_source": ("sources/{source}/remove", "sources/{broken source}/remove"),
        "source": ("sources/{source}", "sources/{broken source}"),
        "staff": ("staff",),
        "staff_member": ("staff/{member}", "staff/{invited}"),
        "confirm_close_staff": ("staff/{member}/close",),
        "invite_staff": ("staff/invite",),
        "suppressions": ("suppressions",),
        "tokens": ("tokens",),
        "confirm_end_token": ("tokens/{token}/revoke",),
        "topics": ("topics",),
        "topic": ("topics/{topic}", "topics/{bare topic}"),
        "confirm_merge_topic": ("topics/{topic}/merge?into=economy",),
        "confirm_remove_topic": ("topics/{topic}/remove", "topics/{bare topic}/remove"),
    }
)
"""By endpoint, below /admin/; in braces the rows of the newsroom."""

OUTSIDE = {"forgot", "forgot_sent", "invitation", "login", "login_code", "reset_password"}
"""For those who are not logged in."""

EMPTY = (
    "", "articles", "articles/new", "audit", "campaigns", "jobs", "readers", "schedules",
    "segments", "sources", "suppressions", "tokens", "topics", "widgets",
)  # fmt: skip
"""What says something else while the newsroom has nothing yet."""

REFUSED = {
    "login": "/login",
    "account": "/account",
    "account/second-step": "/second-step/begin",
    "articles/new": "/articles/new",
    "readers/import": "/readers/import",
    "readers/new": "/readers/new",
    "schedules/new": "/schedules/new",
    "sources": "/sources/new",
    "staff/invite": "/staff/invite",
    "suppressions": "/suppressions",
    "tokens": "/tokens/new",
    "topics": "/topics/new",
    "widgets": "/widgets/sites",
}
"""Pages with a form that does not go through with nothing in it, and where it goes."""

NO_PAGES = {
    "article_card",
    "audience_count",
    "brand_preview",
    "campaign_csv",
    "campaign_progress",
    "check_progress",
    "count_of_readers",
    "job_progress",
    "job_refused",
    "look_now",
    "next_runs",
    "preview_mail",
    "when_asked",
    "widget_form",
}
"""Asked for by the pages: parts of them, numbers, files; and mails, which other tests look at."""


@pytest.fixture(scope="module")
def newsroom(
    new_database: NewDatabase,
    redis_url: str,
    name_servers: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("newsroom")
    with own_site(new_database, redis_url, folder, DNS_SERVERS=name_servers) as settings:
        yield open_newsroom(settings)


def test_every_page_has_a_place_in_the_table(app: Flask) -> None:
    read = {
        rule.endpoint.removeprefix("admin.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.") and "GET" in (rule.methods or ())
    }
    assert read == set(PAGES) | NO_PAGES


@pytest.mark.parametrize("language", ["ar", "en"])
def test_nothing_is_wrong_with_any_page(
    browser: Browser, newsroom: Newsroom, language: str
) -> None:
    looker = Looker(browser, newsroom.base, language)
    inside = {name: pages for name, pages in PAGES.items() if name not in OUTSIDE}
    looker.log_in(CAREFUL, PASSWORD)
    for name in OUTSIDE:
        look_at(looker, newsroom, name)
    if language == "ar":
        looker.send_empty("login", REFUSED["login"])
    looker.log_in(OWNERS[language], PASSWORD)
    for name in inside:
        look_at(looker, newsroom, name)
    if language == "ar":
        for page, form in REFUSED.items() - {("login", REFUSED["login"])}:
            looker.send_empty(page, form)
    looker.close()
    assert not looker.found, pformat(looker.found, width=160)


def look_at(looker: Looker, newsroom: Newsroom, endpoint: str) -> None:
    for path in PAGES[endpoint]:
        looker.look(path.format_map({**newsroom.rows, **newsroom.mailed}))


def test_an_empty_newsroom_says_what_to_do(
    browser: Browser,
    new_database: NewDatabase,
    redis_url: str,
    name_servers: str,
    tmp_path: Path,
) -> None:
    with own_site(new_database, redis_url, tmp_path, DNS_SERVERS=name_servers) as settings:
        open_empty(settings)
        looker = Looker(browser, settings.base_url, "ar")
        looker.log_in(OWNERS["ar"], PASSWORD)
        for path in EMPTY:
            looker.glance(path)
        looker.close()
    assert not looker.found, pformat(looker.found, width=160)
