"""A CMS pushes articles: once, again, changed, withdrawn; and every way of getting it wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.article import ArticleDraft, Origin
from app.domain.staff import Role
from app.store.tables import ApiToken, Article, AuditEvent, Topic
from app.usecases.manage_articles import edit_article
from app.usecases.manage_tokens import create_token, revoke_token
from app.web.api.articles import BY_NETWORK, BY_TOKEN
from app.web.api.reading import MAX_BODY
from tests.web.admin.conftest import Desk, desk, staff
from tests.web.conftest import Clock
from tests.web.site import BASE, tree, words

__all__ = ["desk", "staff"]

STORY: dict[str, Any] = {
    "guid": "cms-4102",
    "url": "https://news.example/a/4102",
    "kicker": "بعد الفيضان",
    "headline": "جسر خشبي يعيد وصل الضفتين",
    "standfirst": "بناه نجارو القرية في تسعة أيام",
    "body": "<p>عبرت أول عربة صباح الثلاثاء.</p><p>اقرأ أيضاً: <a href='/a/1'>النهر يعلو</a></p>",
    "image_url": "https://news.example/bridge.jpg",
    "image_alt": "جسر من ألواح فاتحة",
    "byline": "سلمى بدران",
    "published_at": "2025-01-21T09:30:00+02:00",
    "topics": ["economy", "politics"],
    "related": [{"title": "خريطة الجسور", "url": "https://news.example/map"}],
}


class Cms:
    """A program with a token; it keeps no cookies."""

    def __init__(self, client: FlaskClient, session: Session, secret: str) -> None:
        self.client = client
        self.session = session
        self.headers = {"Authorization": f"Bearer {secret}"}

    def send(self, value: object, path: str = "", **headers: str) -> TestResponse:
        self.session.flush()
        answer = self.client.post(
            f"/api/articles{path}",
            base_url=BASE,
            data=value if isinstance(value, bytes) else json.dumps(value).encode(),
            headers={"Content-Type": "application/json", **self.headers, **headers},
        )
        self.session.expire_all()
        return answer

    def refused(self, value: object, **headers: str) -> tuple[int, str, str]:
        answer = self.send(value, **headers)
        error = answer.json["error"]
        assert error["message"]
        assert "Set-Cookie" not in answer.headers
        return answer.status_code, error["code"], error.get("field", "")

    def count(self) -> int:
        return self.session.scalar(select(func.count(Article.id))) or 0


@pytest.fixture
def cms(app: Flask, session: Session, clock: Clock, topics: list[Topic]) -> Cms:
    _, secret = create_token(session, now=clock.now, name="نظام النشر", staff_id=None)
    return Cms(app.test_client(use_cookies=False), session, secret)


def test_an_article_comes_in_with_every_part(cms: Cms, session: Session, clock: Clock) -> None:
    answer = cms.send(STORY)
    made = session.scalars(select(Article)).one()
    assert (answer.status_code, answer.json) == (
        201,
        {
            "status": "created",
            "id": made.id,
            "guid": "cms-4102",
            "url": "https://news.example/a/4102",
            "revision": 1,
            "withdrawn": False,
        },
    )
    assert (made.origin, made.source_id, made.topic.slug) == (Origin.PUSH, None, "economy")
    assert made.topic_mask == 0b11
    assert made.body_html == "<p>عبرت أول عربة صباح الثلاثاء.</p>"
    assert made.related == [
        {"title": "خريطة الجسور", "url": "https://news.example/map"},
        {"title": "النهر يعلو", "url": "https://news.example/a/1"},
    ]
    assert made.published_at == datetime(2025, 1, 21, 7, 30, tzinfo=UTC)
    assert made.ingested_at == clock.now
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "article.push")).one()
    assert event.detail == {"token": "نظام النشر", "guid": "cms-4102"}


def test_the_same_sent_again_changes_nothing_and_a_change_is_a_version(
    cms: Cms, session: Session, clock: Clock
) -> None:
    cms.send(STORY)
    came_in = clock.now
    clock.advance(hours=1)
    again = cms.send(STORY)
    assert (again.status_code, again.json["status"], again.json["revision"]) == (
        200,
        "unchanged",
        1,
    )
    changed = cms.send(STORY | {"headline": "جسر من خشب الأرز", "topics": ["politics"]})
    assert (changed.json["status"], changed.json["revision"]) == ("updated", 2)
    made = session.scalars(select(Article)).one()
    assert (made.headline, made.topic.slug, made.topic_mask) == ("جسر من خشب الأرز", "politics", 1)
    assert (made.ingested_at, made.changed_at) == (came_in, clock.now)
    moved = cms.send(STORY | {"headline": "جسر من خشب الأرز", "topics": ["economy"]})
    assert moved.json["status"] == "updated"


def test_without_an_address_it_has_a_page_here(cms: Cms, session: Session) -> None:
    plain = {"guid": "1", "headline": "خبر", "body": "فقرة.\n\nثانية.", "topics": ["politics"]}
    made = cms.send(plain).json
    assert made["url"] == f"{BASE}/a/{made['id']}"
    assert session.scalars(select(Article)).one().body_html == "<p>فقرة.</p>\n<p>ثانية.</p>"
    assert cms.send(plain).json["status"] == "unchanged"
    assert cms.send(plain | {"byline": "ريم"}).json["url"] == made["url"]


def test_what_staff_have_edited_stays_theirs(cms: Cms, session: Session, clock: Clock) -> None:
    number = cms.send(STORY).json["id"]
    draft = ArticleDraft(guid="", url="", headline="عنوان التحرير", body_html="<p>نص</p>")
    edit_article(session, number, draft, revision=1, topics=["politics"], now=clock.now)
    answer = cms.send(STORY | {"headline": "غيره"})
    assert (answer.status_code, answer.json["status"]) == (200, "kept")
    assert session.get_one(Article, number).headline == "عنوان التحرير"


def test_it_is_withdrawn_and_put_back(cms: Cms, session: Session) -> None:
    cms.send(STORY)
    for _ in range(2):
        answer = cms.send({"guid": "cms-4102"}, "/withdraw")
        assert (answer.status_code, answer.json["withdrawn"]) == (200, True)
    assert cms.send(STORY | {"headline": "غيره"}).json["withdrawn"] is True
    assert cms.send({"guid": "cms-4102"}, "/restore").json["withdrawn"] is False
    unknown = cms.send({"guid": "none"}, "/withdraw")
    assert (unknown.status_code, unknown.json["error"]["code"]) == (404, "unknown_guid")


def test_nothing_hostile_is_kept(cms: Cms, session: Session) -> None:
    hostile = STORY | {
        "guid": "h\u202e1",
        "headline": "خبر <script>alert(1)</script>\u0000",
        "body": "<p onload=alert(2)>نص<script>alert(3)</script> <a href='javascript:a'>س</a>",
    }
    cms.send(hostile)
    made = session.scalars(select(Article)).one()
    assert made.body_html == "<p>نص س</p>"
    assert (made.guid, made.headline) == ("h1", "خبر <script>alert(1)</script>")
    page = cms.client.get(f"/a/{made.id}", base_url=BASE)
    assert "<script>alert" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"guid": ""}, "bad_guid", "guid"),
        ({"guid": "x" * 501}, "bad_guid", "guid"),
        ({"guid": "hand:" + "0" * 32}, "bad_guid", "guid"),
        ({"guid": 7}, "wrong_type", "guid"),
        ({"headline": ""}, "needed", "headline"),
        ({"headline": None}, "needed", "headline"),
        ({"headline": "ط" * 301}, "too_long", "headline"),
        ({"headline": ["خبر"]}, "wrong_type", "headline"),
        ({"body": "", "standfirst": ""}, "needed", "body"),
        ({"url": "/a/1"}, "bad_url", "url"),
        ({"url": "javascript:alert(1)"}, "bad_url", "url"),
        ({"image_url": "data:image/png;base64,AA"}, "bad_url", "image_url"),
        ({"topics": []}, "needs_topic", "topics"),
        ({"topics": None}, "needs_topic", "topics"),
        ({"topics": "politics"}, "wrong_type", "topics"),
        ({"topics": ["politics", "gone"]}, "unknown_topic", "topics"),
        ({"related": {"title": "x"}}, "wrong_type", "related"),
        ({"related": ["x"]}, "wrong_type", "related"),
        ({"related": [{"title": "x"}]}, "needed", "related"),
        ({"published_at": "yesterday"}, "bad_date", "published_at"),
        ({"published_at": "1970-01-01T00:00:00Z"}, "bad_date", "published_at"),
        ({"headlin": "x"}, "unknown_field", "headlin"),
    ],
)
def test_each_mistake_is_named(cms: Cms, change: dict[str, Any], code: str, field: str) -> None:
    assert cms.refused(STORY | change) == (422, code, field)
    assert cms.count() == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
def test_what_is_no_json_is_told_so(cms: Cms, body: bytes, code: str) -> None:
    assert cms.refused(body) == (400, code, "")


def test_a_form_is_no_json_and_a_body_has_a_limit(cms: Cms) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert cms.send(b"guid=1", **kind).status_code == 415
    large = cms.send(STORY | {"body": "x" * MAX_BODY})
    assert (large.status_code, large.json["error"]["code"]) == (413, "too_large")
    assert cms.count() == 0


def test_errors_are_in_the_language_that_was_asked_for(cms: Cms) -> None:
    wrong = STORY | {"headline": ""}
    arabic = cms.send(wrong, **{"Accept-Language": "ar-SY,ar;q=0.9,en;q=0.5"})
    english = cms.send(wrong, **{"Accept-Language": "en-GB"})
    neither = cms.send(wrong, **{"Accept-Language": "fr"})
    assert arabic.json["error"]["message"] == "هذا الحقل مطلوب."
    assert arabic.headers["Content-Language"] == "ar"
    assert english.json["error"]["message"] == "This field is needed."
    assert english.headers["Content-Language"] == "en"
    assert neither.json["error"]["message"] == "هذا الحقل مطلوب."
    long = cms.send(STORY | {"kicker": "ط" * 121}, **{"Accept-Language": "en"})
    assert long.json["error"]["message"] == "At most 120 characters."


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer nashra_wrong-wrong-wrong", "Basic eDp5"])
def test_without_a_token_that_counts_nothing_is_read(cms: Cms, shown: str) -> None:
    cms.headers = {"Authorization": shown} if shown else {}
    answer = cms.send(STORY)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "bad_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert cms.count() == 0


def test_a_login_is_no_token(desk: Desk) -> None:
    site = desk(Role.OWNER)
    answer = site.client.post("/api/articles", base_url=BASE, json=STORY)
    assert answer.status_code == 401


def test_a_revoked_token_opens_nothing(cms: Cms, session: Session, clock: Clock) -> None:
    revoke_token(session, session.scalars(select(ApiToken.id)).one(), now=clock.now)
    assert cms.send(STORY).status_code == 401


def test_who_sends_too_often_is_told_when_to_come_back(cms: Cms) -> None:
    answers = [cms.send({"guid": "none"}, "/withdraw") for _ in range(BY_TOKEN.amount + 1)]
    assert {one.status_code for one in answers[:-1]} == {404}
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_who_guesses_tokens_is_stopped(cms: Cms) -> None:
    cms.headers = {"Authorization": "Bearer nashra_guess-guess-guess"}
    answers = [cms.send(STORY).status_code for _ in range(BY_NETWORK.amount + 1)]
    assert answers == [401] * BY_NETWORK.amount + [429]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/articles", 405), ("POST", "/api/other", 404)]
)
def test_other_addresses_answer_in_json_too(cms: Cms, method: str, path: str, status: int) -> None:
    answer = cms.client.open(path, method=method, base_url=BASE, headers=cms.headers)
    assert answer.status_code == status
    assert answer.json["error"]["message"]


def test_a_token_is_shown_once_and_kept_as_a_hash(desk: Desk, app: Flask, session: Session) -> None:
    site = desk(Role.EDITOR)
    shown = site.press(site.open("/admin/tokens"), "/admin/tokens/new", name="نظام النشر")
    [secret] = tree(shown).xpath("//div[@class='secret']//code/text()")
    assert secret not in words(site.open("/admin/tokens"))
    token = session.scalars(select(ApiToken)).one()
    assert secret.encode() not in token.token_hash
    assert len(token.token_hash) == 32
    sent = Cms(app.test_client(use_cookies=False), session, secret)
    assert sent.send(STORY).status_code == 201
    assert session.get_one(ApiToken, token.id).used_at is not None
    question = site.open(f"/admin/tokens/{token.id}/revoke")
    assert "نظام النشر" in words(question)
    assert sent.send(STORY).status_code == 200
    site.press(question, f"/admin/tokens/{token.id}/revoke")
    assert sent.send(STORY).status_code == 401
    assert "مُبطَل" in words(site.open("/admin/tokens"))
    nameless = site.press(site.open("/admin/tokens"), "/admin/tokens/new", name="  ")
    assert nameless.status_code == 400
    events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [one for one in events if one.startswith("token")] == ["token.add", "token.revoke"]
