"""The audit page: filters, pages that never repeat or skip, words for everything, a safe file."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.staff import Role
from app.store.tables import AuditEvent, Staff
from app.web.admin.audit_words import ACTIONS, DETAILS, OBJECTS
from tests.web.admin.conftest import Desk
from tests.web.admin.written_audits import silent_posts, written
from tests.web.site import Site, tree, words

SILENT = {
    "look_at_address": "nothing is written: a feed is only looked at",
    "begin_passkey": "only asks the device; what comes of it is told",
    "begin_passkey_login": "only asks the device; what comes of it is told",
    "begin_second_step": "nothing opens the account otherwise until the first code confirms it",
    "brand_check": "draws what is typed and keeps nothing",
    "check_campaign": "has a campaign looked at; accepted warnings and sending are told",
    "check_file": "reads a file that was uploaded, which is told, and changes no reader",
    "choose_language": "how the pages look to one person",
    "look_mail": "draws what is typed and keeps nothing",
    "preview_written": "draws what is typed and keeps nothing",
    "reread_file": "reads a file that was uploaded, which is told, and changes no reader",
}
"""Views that write no line to the audit, and why."""


def test_whatever_is_posted_leaves_a_line_or_has_a_reason_not_to() -> None:
    """By reading the source, so that a new route fails until it tells of itself."""
    assert silent_posts() == set(SILENT)


def add(session: Session, count: int, at: datetime, **more: Any) -> None:
    plain = {"action": "campaign.send", "object_type": "campaign", "object_id": 7, "detail": {}}
    rows = [plain | {"at": at} | more for _ in range(count)]
    session.execute(insert(AuditEvent), rows)


def rows(page: Any) -> list[str]:
    return [" ".join(row.text_content().split()) for row in tree(page).xpath("//tbody/tr")]


def test_everything_that_is_written_anywhere_has_words() -> None:
    """By reading the source, so that a new action fails until it has words."""
    found = written()
    assert {"staff.login", "campaign.hide", "source.pause", "article.push"} <= found.actions
    assert sorted(found.actions - set(ACTIONS)) == []
    assert sorted(found.objects - set(OBJECTS)) == []
    assert sorted(found.details - set(DETAILS)) == []


def test_pages_follow_one_another_without_a_gap(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    add(session, 60, site.clock.now)  # all at one moment
    seen, path = [], "/admin/audit"
    while path:
        page = site.open(path)
        seen += rows(page)
        path = next(iter(tree(page).xpath("//a[@rel='next']/@href")), "")
        add(session, 1, site.clock.now + timedelta(minutes=1))  # comes in while one reads
    assert len(seen) == 61  # and the login
    assert tree(page).xpath("//a[@rel='first']/@href") == ["/admin/audit"]


def test_filters_narrow_and_stay(desk: Desk, session: Session, staff: dict[Role, Staff]) -> None:
    site = desk(Role.OWNER)
    day = datetime.fromisoformat("2025-01-10T00:30:00+02:00")
    author = staff[Role.AUTHOR].id
    add(session, 30, day, staff_id=author, action="article.edit", object_type="article")
    add(session, 1, day - timedelta(hours=1), staff_id=author)
    add(session, 1, day, object_id=8)
    for query, count in [
        (f"who={author}", 25),
        (f"who={author}&action=campaign.send", 1),
        ("who=nobody", 1),
        ("object=campaign&number=8", 1),
        ("object=article&number=7&since=2025-01-10&until=2025-01-10", 25),
        (f"who={author}&until=2025-01-09", 1),
        ("since=2025-01-11", 1),
    ]:
        assert len(rows(site.open(f"/admin/audit?{query}"))) == count, query
    page = site.open(f"/admin/audit?who={author}&action=article.edit&since=")
    older = tree(page).xpath("//a[@rel='next']/@href")[0]
    assert f"who={author}" in older
    assert len(rows(site.open(older))) == 5
    assert tree(page).xpath("//select[@name='action']/option[@selected]/@value") == ["article.edit"]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("since=nonsense", "يوماً"),
        ("object=campaign&number=many", "عدداً"),
        ("number=7", "يدل عليه هذا الرقم"),
        ("since=2025-01-11&until=2025-01-10", "قبل اليوم الأول"),
        ("action=no.such", "من هذه"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told(desk: Desk, query: str, complaint: str) -> None:
    page = desk(Role.EDITOR).open(f"/admin/audit?{query}")
    assert page.status_code == 400
    assert complaint in words(page)


def test_a_place_that_is_gone_begins_anew(desk: Desk) -> None:
    site = desk(Role.EDITOR)
    for before in ("0", "99999999999999999999", "x", "-1"):
        assert len(rows(site.open(f"/admin/audit?before={before}"))) == 1


def test_the_words_tell_who_and_what(
    desk: Desk, session: Session, staff: dict[Role, Staff]
) -> None:
    site = desk(Role.OWNER)
    staff[Role.OWNER].name = "ريم الخطيب"
    change = {"before": "viewer", "after": "editor"}
    add(
        session,
        1,
        site.clock.now,
        staff_id=staff[Role.OWNER].id,
        action="staff.role",
        object_type="staff",
        object_id=staff[Role.VIEWER].id,
        detail=change,
        ip="192.0.2.9",
    )
    line = rows(site.open("/admin/audit"))[0]
    for told in ("ريم الخطيب", "تغيير دور", "viewer@levant.example", "محرّر", "192.0.2.9"):
        assert told in line


def export(site: Site, path: str = "/admin/audit") -> list[list[str]]:
    answer = site.press(site.open(path), "/audit/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.reader(answer.get_data().decode("utf-8-sig").splitlines()))


def test_the_file_holds_what_the_filters_leave_and_no_formula(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    add(session, 1_050, site.clock.now, detail={"name": "=HYPERLINK(1)"})
    add(session, 3, site.clock.now, action="source.add", object_type="=1+1", object_id=None)
    table = export(site, "/admin/audit?action=source.add")
    assert len(table) == 4
    assert table[1][3] == "'=1+1"
    assert len(export(site, "/admin/audit?object=campaign")) == 1_051
    taken = session.scalars(select(AuditEvent).where(AuditEvent.action == "audit.export")).all()
    assert len(taken) == 2
