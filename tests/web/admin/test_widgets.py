"""The page of the sign-up box: its code, and the web sites it may stand on."""

from __future__ import annotations

import pytest
from lxml.html import fromstring
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.staff import Role
from app.store.tables import AllowedOrigin, AuditEvent
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words

PAGE = "/admin/widgets"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def code(site: Site, number: int, query: str) -> str:
    return str(tree(site.open(f"{PAGE}?{query}")).xpath("//textarea")[number].text)


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_the_code_is_whole_and_its_form_is_sent_to_this_site(
    site: Site, language: str, size: str
) -> None:
    query = f"box={language}&size={size}&theme=dark"
    frame = fromstring(code(site, 0, query))
    address = f"https://levant.example/embed?lang={language}&size={size}&theme=dark"
    assert frame.get("src") == address
    assert frame.get("title")
    form = fromstring(code(site, 1, query))
    assert form.get("action") == f"https://levant.example/embed/form?lang={language}"
    assert form.get("dir") == ("rtl" if language == "ar" else "ltr")
    fields = set(form.fields)
    assert fields == {"email", "cadence", "website"} | ({"topics"} if size == "large" else set())
    assert ("اشترك" if language == "ar" else "Subscribe") in form.text_content()
    assert "script" not in code(site, 1, query)
    shown = site.open(f"{PAGE}/form?{query}")
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_site_is_allowed_once_and_taken_off_after_a_question(
    site: Site, session: Session
) -> None:
    assert "لا مواقع بعد" in words(site.open(PAGE))
    answer = site.press(site.open(PAGE), "/sites", origin="https://News.example/front")
    assert answer.location == PAGE
    (origin,) = session.scalars(select(AllowedOrigin.origin)).all()
    assert origin == "https://news.example"
    again = site.press(site.open(PAGE), "/sites", origin="news.example")
    assert again.status_code == 400
    assert "هذا الموقع مسموح به من قبل." in words(again)
    assert 'value="news.example"' in again.text
    number = session.scalars(select(AllowedOrigin.id)).one()
    asked = site.open(f"{PAGE}/sites/{number}/remove")
    assert "يختفي الصندوق من صفحات https://news.example فوراً" in words(asked)
    site.press(asked, "/remove")
    assert session.scalars(select(AllowedOrigin.id)).all() == []
    assert site.press(asked, "/remove").status_code == 404
    kept = select(AuditEvent.action).where(AuditEvent.object_type == "site")
    assert session.scalars(kept.order_by(AuditEvent.id)).all() == ["site.allow", "site.forbid"]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "هذا الحقل مطلوب."),
        ("news", "هذا ليس عنوان موقع."),
        ("https://*.news.example", "لا تُقبل النجوم"),
        ("https://x.example; script-src https:", "هذا ليس عنوان موقع."),
    ],
)
def test_what_is_no_site_is_told_and_kept(site: Site, typed: str, complaint: str) -> None:
    answer = site.press(site.open(PAGE), "/sites", origin=typed)
    assert answer.status_code == 400
    assert complaint in words(answer)
    assert typed in answer.text


def test_there_are_not_more_sites_than_a_header_can_bear(site: Site, session: Session) -> None:
    session.add_all(
        AllowedOrigin(origin=f"https://s{n}.example", created_at=site.clock.now) for n in range(40)
    )
    answer = site.press(site.open(PAGE), "/sites", origin="news.example")
    assert "بلغت المواقع حدّها الأقصى" in words(answer)


def test_a_viewer_copies_and_changes_nothing(desk: Desk) -> None:
    page = desk(Role.VIEWER).open(PAGE)
    assert len(tree(page).xpath("//textarea")) == 2
    assert "/sites" not in page.text
