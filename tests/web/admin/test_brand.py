from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from app.domain.staff import Role
from app.usecases.manage_brand import read_choice
from tests.usecases.test_manage_brand import logo_file
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words

PAGE = "/admin/brand"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def test_the_brand_is_on_every_page_once_it_is_kept(site: Site, session: Session) -> None:
    page = site.open(PAGE)
    answer = site.press(
        page,
        PAGE,
        site_name="صحيفة المرفأ",
        digits="latn",
        accent="#0a5c4a",
        x="https://x.com/harbour",
        logo=(BytesIO(logo_file()), "logo.png"),
    )
    assert answer.status_code == 302, words(answer)
    assert read_choice(session).colours["accent"] == "#0a5c4a"
    front = site.open("/")
    assert "صحيفة المرفأ" in tree(front).findtext(".//title")
    assert tree(front).xpath("//footer//a[text()='إكس']/@href") == ["https://x.com/harbour"]
    (logo,) = tree(front).xpath("//a[@class='brand']/img")
    assert logo.get("alt") == "صحيفة المرفأ"
    shown = site.open(logo.get("src"))
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert "immutable" in shown.headers["Cache-Control"]
    (sheet,) = tree(front).xpath("//link[contains(@href, '/style/')]/@href")
    assert "--accent:#0a5c4a" in site.open(sheet).get_data(as_text=True)


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(
    site: Site, session: Session
) -> None:
    refused = site.press(site.open(PAGE), PAGE, accent="#ffcc00", footer="تصدر كل صباح.")
    assert refused.status_code == 400
    assert "باهت على لون الورق" in words(refused)
    assert tree(refused).xpath("//textarea[@name='footer']")[0].text.strip() == "تصدر كل صباح."
    assert read_choice(session).footer == ""


def test_the_preview_shows_what_is_typed_and_keeps_nothing(site: Site, session: Session) -> None:
    page = site.open(PAGE)
    typed = {
        "csrf_token": tree(page).xpath("//form[@data-brand-form]//input[@name='csrf_token']")[0]
        .get("value"),
        "site_name": "صحيفة المرفأ",
        "design": "brief",
        "scheme": "dark",
        "accent": "#0a5c4a",
    }  # fmt: skip
    shown = site.post(f"{PAGE}/preview", typed | {"logo": (BytesIO(logo_file()), "logo.png")})
    html = shown.get_data(as_text=True)
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert 'alt="صحيفة المرفأ"' in html
    assert "data:image/png;base64," in html
    assert "موجز" in html
    assert read_choice(session).site_name == ""
    checked = site.post(f"{PAGE}/check", typed | {"accent": "#ffcc00", "x": "not one"})
    assert set(checked.get_json()) == {"accent", "x"}


@pytest.mark.parametrize(
    "path",
    ["/logo/none/006633.png", f"/logo/{'0' * 32}/006633.png", f"/logo/{'0' * 32}/blue.png",
     "/style/blue.css", "/style/ABCDEF.css"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.open(path).status_code == 404
