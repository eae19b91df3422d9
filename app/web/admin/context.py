"""What every admin template can use: words, formats, and who is looking."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for

from app.domain.staff import Role, may
from app.web.admin import display, job_words, words
from app.web.admin.blueprint import blueprint
from app.web.admin.feed_words import FEED_ADVICE, detail_words
from app.web.admin.i18n import gettext

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("home", ("home",)),
    (
        "campaigns",
        (
            "campaigns",
            "new_campaign",
            "campaign",
            "campaign_kind",
            "campaign_content",
            "campaign_audience",
            "campaign_look",
            "campaign_when",
            "campaign_deliveries",
            "confirm_decision",
            "confirm_send",
            "send_campaign",
            "pause",
            "confirm_resume",
            "resume",
            "confirm_cancel",
            "cancel",
            "unschedule_campaign",
            "decide",
            "preview",
            "send_test",
        ),
    ),
    (
        "schedules",
        (
            "schedules",
            "new_schedule",
            "edit_schedule",
            "schedule",
            "confirm_run_schedule",
            "confirm_delete_schedule",
            "approval",
        ),
    ),
    (
        "articles",
        (
            "articles",
            "article",
            "new_article",
            "add_new_article",
            "edit_article",
            "save_article",
            "tokens",
            "add_token",
            "confirm_end_token",
        ),
    ),
    ("sources", ("sources", "source", "look_at_address", "confirm_remove_source")),
    ("topics", ("topics", "topic", "save_topic", "confirm_merge_topic", "confirm_remove_topic")),
    (
        "readers",
        (
            "readers",
            "reader",
            "save_reader",
            "change_readers",
            "new_reader",
            "confirm_leave_reader",
            "forget_reader",
            "segments",
            "keep_segment",
            "refilter_segment",
            "confirm_delete_segment",
            "rename_kept_segment",
            "suppressions",
            "suppress",
            "lift",
            "export",
            "import_readers",
            "import_file",
            "undo_job",
            "jobs",
            "job",
        ),
    ),
    ("brand", ("brand",)),
    ("widgets", ("widgets", "add_origin", "confirm_remove_origin")),
    ("audit", ("audit",)),
    ("staff", ("staff", "invite_staff", "staff_member", "confirm_close_staff")),
    (
        "settings",
        ("settings", "mail_server", "test_mail_server", "sending_dns", "check_sending_dns"),
    ),
)
_NEEDED = {
    "brand": Role.EDITOR,
    "audit": Role.EDITOR,
    "staff": Role.OWNER,
    "settings": Role.OWNER,
}
"""Sections that are not for everybody who is logged in."""


@blueprint.context_processor
def _context() -> dict[str, Any]:
    staff = g.get("staff")
    return {
        "staff": staff,
        "may": lambda role: staff is not None and may(staff.role, Role(role)),
        "sections": _sections(),
        "words": words,
        "job_words": job_words,
        "number": display.number,
        "coded": display.coded,
        "ten_digits": display.ten_digits,
        "detail_words": detail_words,
        "feed_advice": FEED_ADVICE,
        "percent": display.percent,
        "share": display.share,
        "decimal": display.decimal,
        "span": display.span,
        "when": display.when,
        "day": display.day,
        "clock": display.clock,
        "ago": display.ago,
        "iso": display.iso,
        "zone_city": display.zone_city,
        "wall_time": display.wall_time,
        "seconds_until": display.seconds_until,
        "microseconds": display.microseconds,
        "here": request.full_path.rstrip("?"),
    }


def _sections() -> list[tuple[str, str, str, bool]]:
    """The menu: name, address, words, and whether this page is in it."""
    labels = {
        "home": gettext("Home"),
        "campaigns": gettext("Campaigns"),
        "schedules": gettext("Schedules"),
        "articles": gettext("Articles"),
        "sources": gettext("Sources"),
        "topics": gettext("Topics"),
        "readers": gettext("Readers"),
        "brand": gettext("Brand"),
        "widgets": gettext("Sign-up box"),
        "audit": gettext("Records"),
        "staff": gettext("Staff"),
        "settings": gettext("Settings"),
    }
    staff = g.get("staff")
    endpoint = (request.endpoint or "").removeprefix("admin.")
    return [
        (name, url_for(f"admin.{name}"), labels[name], endpoint in endpoints)
        for name, endpoints in _SECTIONS
        if name not in _NEEDED or (staff is not None and may(staff.role, _NEEDED[name]))
    ]
