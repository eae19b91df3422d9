"""The sign-up box on other web sites: where it may stand, and that it needs no cookie."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import Notice, Signup
from app.usecases.manage_origins import allow_origin
from tests.web.site import Site, tree

NEWS = "https://news.example"
OWN = "https://levant.example"
TYPED = {"email": "layla@example.org", "cadence": "weekly"}


@pytest.fixture
def allowed(session: Session, site: Site) -> None:
    allow_origin(session, now=site.clock.now, typed=f"{NEWS}/front", staff_id=None)


def text_of(answer: object) -> str:
    return " ".join(tree(answer).text_content().split())  # type: ignore[arg-type]


def framed_by(site: Site, path: str) -> str:
    answer = site.open(path)
    assert "X-Frame-Options" not in answer.headers
    rules = dict(
        rule.strip().split(" ", 1)
        for rule in answer.headers["Content-Security-Policy"].split(";")
        if " " in rule.strip()
    )
    return rules["frame-ancestors"]


@pytest.mark.usefixtures("allowed")
def test_the_frame_stands_on_allowed_sites_only(site: Site) -> None:
    assert framed_by(site, "/embed") == f"'self' {NEWS}"
    assert framed_by(site, "/embed/thanks?size=small") == f"'self' {NEWS}"
    assert "DENY" in site.open("/subscribe").headers["X-Frame-Options"]


def test_without_a_site_it_stands_on_ours_only(site: Site) -> None:
    assert framed_by(site, "/embed") == "'self'"


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("size", ["small", "medium", "large"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_box_in_a_frame_asks_without_a_cookie(
    site: Site, session: Session, size: str, language: str
) -> None:
    page = site.open(f"/embed?lang={language}&size={size}&theme=dark")
    assert 'data-theme="dark"' in page.text
    assert f'lang="{language}"' in page.text
    assert "Set-Cookie" not in page.headers
    site.clock.advance(seconds=5)
    (form,) = tree(page).forms
    typed = dict(form.form_values()) | {"email": "layla@example.org"}
    answer = site.post(form.action, typed, headers={"Origin": OWN})
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in site.open(answer.location).headers
    signup = session.scalars(select(Signup)).one()
    assert (signup.email, signup.language) == ("layla@example.org", language)
    assert signup.place == "box in a frame"
    assert session.scalars(select(Notice.email)).all() == ["layla@example.org"]


def test_what_is_wrong_in_the_frame_is_told_and_kept(site: Site) -> None:
    page = site.open("/embed?lang=ar&size=large")
    site.clock.advance(seconds=5)
    typed = dict(tree(page).forms[0].form_values()) | {"email": "layla@", "topics": "economy"}
    answer = site.post("/embed?lang=ar&size=large", typed, headers={"Origin": OWN})
    assert answer.status_code == 422
    assert "ليس هذا عنواناً" in text_of(answer) or "عنوان" in text_of(answer)
    assert 'value="layla@"' in answer.text
    assert tree(answer).xpath("//input[@name='topics'][@checked]/@value") == ["economy"]
    hasty = site.post("/embed?size=small", {**TYPED, "stamp": "x"}, headers={"Origin": OWN})
    assert hasty.status_code == 422
    assert 'value="layla@example.org"' in hasty.text


@pytest.mark.usefixtures("allowed")
def test_a_form_on_an_allowed_site_asks_at_once(site: Site, session: Session) -> None:
    answer = site.post("/embed/form?lang=en", TYPED, headers={"Origin": NEWS})
    assert (answer.status_code, answer.location) == (303, "/subscribed?lang=en")
    assert "Set-Cookie" not in answer.headers
    signup = session.scalars(select(Signup)).one()
    assert (signup.place, signup.language) == (f"form on {NEWS}", "en")
    assert signup.wording


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://news.example", None])
def test_a_form_from_elsewhere_changes_nothing_and_loses_nothing(
    site: Site, session: Session, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = site.post("/embed/form?lang=ar", TYPED, headers=headers)
    assert answer.status_code == 403
    assert session.scalars(select(Signup.id)).all() == []
    assert answer.headers["X-Frame-Options"] == "DENY"
    site.clock.advance(seconds=5)
    again = site.press(answer, "/subscribe")
    assert again.status_code == 303
    assert session.scalars(select(Signup.email)).all() == ["layla@example.org"]
    in_frame = site.post("/embed", TYPED, headers=headers)
    assert in_frame.status_code == 403
    assert 'value="layla@example.org"' in in_frame.text


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "typed",
    [
        {**TYPED, "email": "layla@"},
        {**TYPED, "cadence": "hourly"},
        {**TYPED, "website": "https://spam.example"},
    ],
)
def test_a_form_with_a_fault_comes_back_on_our_page(
    site: Site, session: Session, typed: dict[str, str]
) -> None:
    answer = site.post("/embed/form", typed, headers={"Origin": NEWS})
    assert answer.status_code == 422
    assert f'value="{typed["email"]}"' in answer.text
    assert session.scalars(select(Signup.id)).all() == []


@pytest.mark.usefixtures("allowed")
def test_the_same_bounds_hold_as_on_our_own_form(site: Site, session: Session) -> None:
    for number in range(60):
        typed = {**TYPED, "email": f"r{number}@host{number}.example"}
        site.post("/embed/form", typed, headers={"Origin": NEWS})
    late = site.post("/embed/form", TYPED, headers={"Origin": NEWS})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    framed = site.open("/embed")
    site.clock.advance(seconds=5)
    typed = dict(tree(framed).forms[0].form_values()) | {"email": "layla@example.org"}
    assert site.post("/embed", typed, headers={"Origin": OWN}).status_code == 429
    assert len(session.scalars(select(Signup.id)).all()) == 60
