"""The lines of the security list that every page of the site has to hold."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import InternalServerError

from app.config import Settings
from app.links import Links
from app.store.tables import Signup, Topic
from app.web import scope
from tests.usecases.readers import add_reader
from tests.web.articles import add_article, add_source
from tests.web.conftest import Clock, make_app
from tests.web.site import BASE, Site, tree, words

ONE_CLICK = "reader.leave_at_once"
SIGNED_PUSH = "public.take_push"
"""The webhook of WebSub: what proves it is the signature of a hub over its body."""
BEARER = {"api.push", "api.withdraw", "api.restore"}
"""The doorway of a CMS: it looks at a bearer token and at no cookie."""
ON_OTHER_SITES = {"embed.ask_in_box", "embed.ask_from_form"}
"""The sign-up box on other people's pages: it looks at no cookie, but at `Origin`."""
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_route_that_changes_something_wants_a_token_but_the_one_click(
    app: Flask, site: Site, session: Session, settings: Settings
) -> None:
    """By the map of URLs, so that a new route is asked too."""
    reader = add_reader(session, site.clock.now)
    links = Links(settings)
    site.sign_up("layla@example.org")
    tokens = {
        "reader.confirm": links.confirm_url(session.scalars(select(Signup.id)).one())[-32:],
        "reader.preferences": links.preferences_token(reader.id, 0),
    }
    without_token = set()
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint == ONE_CLICK):
        changing = CHANGING & (rule.methods or set())
        if not changing:
            continue
        assert changing == {"POST"}, rule
        token = tokens.get(rule.endpoint, links.unsubscribe_token(reader.id, 0))
        path = re.sub(r"<int:\w+>", "1", rule.rule).replace("<token>", token)
        assert "<" not in path, rule
        answer = app.test_client().post(path, base_url=BASE, data={"leave": "1"})
        if answer.status_code != 400:
            without_token.add(rule.endpoint)
        if rule.endpoint in BEARER:
            assert answer.status_code == 401, rule
        if rule.endpoint in ON_OTHER_SITES:
            assert answer.status_code == 403, rule
    assert without_token == {ONE_CLICK, SIGNED_PUSH, *BEARER, *ON_OTHER_SITES}


@pytest.mark.parametrize(
    "host", ["evil.example", "levant.example.evil.example", "127.0.0.1", "a b"]
)
def test_a_foreign_host_is_not_served(client: FlaskClient, host: str) -> None:
    answer = client.get("/", base_url=BASE, headers={"Host": host})
    assert answer.status_code == 400
    assert host.encode() not in answer.data


def test_a_forwarded_host_changes_nothing(site: Site, session: Session, settings: Settings) -> None:
    hostile = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "198.51.100.1",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "/admin",
    }
    page = site.open("/", headers=hostile)
    assert page.status_code == 200
    assert b"evil.example" not in page.data
    reader = add_reader(session, site.clock.now)
    link = f"/p/{Links(settings).preferences_token(reader.id, 0)}"
    assert b"evil.example" not in site.open(link, headers=hostile).data


def test_proxies_are_believed_for_as_many_hops_as_there_are(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, topics: list[Topic]
) -> None:
    app = make_app(settings.with_(proxy_hops=1), sessions, clock)
    seen = []

    @app.before_request
    def note() -> None:
        from flask import request

        seen.append((request.remote_addr, request.scheme, request.host))

    app.test_client().get(
        "/",
        base_url="http://levant.example",
        headers={
            "X-Forwarded-For": "203.0.113.66, 198.51.100.7",
            "X-Forwarded-Proto": "gopher, https",
            "X-Forwarded-Host": "evil.example",
        },
    )
    assert seen == [("198.51.100.7", "https", "levant.example")]


def test_loopback_names_are_served_only_where_servers_are_embedded(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, topics: list[Topic]
) -> None:
    app = make_app(settings.with_(embedded=frozenset({"postgres"})), sessions, clock)
    for host, code in (("localhost:8000", 200), ("127.0.0.1:8000", 200), ("evil.example", 400)):
        answer = app.test_client().get("/healthz", base_url=f"http://{host}")
        assert answer.status_code == code
    named = make_app(settings.with_(trusted_hosts=("www.levant.example",)), sessions, clock)
    answer = named.test_client().get("/healthz", base_url="https://www.levant.example")
    assert answer.status_code == 200


def policy_of(header: str) -> dict[str, list[str]]:
    return {
        name: sources.split()
        for name, _, sources in (part.strip().partition(" ") for part in header.split(";"))
    }


@pytest.mark.parametrize("path", ["/", "/subscribe", "/subscribed", "/nowhere", "/healthz"])
def test_every_answer_is_guarded(site: Site, path: str) -> None:
    headers = site.open(path).headers
    policy = policy_of(headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"]
    assert headers["Strict-Transport-Security"]


@pytest.mark.parametrize("kind", ["confirm", "leave", "preferences", "forged", "left"])
def test_a_page_behind_a_token_is_kept_nowhere_and_tells_nobody(
    site: Site, session: Session, settings: Settings, kind: str
) -> None:
    reader = add_reader(session, site.clock.now)
    links = Links(settings)
    path = {
        "confirm": links.confirm_url(5),
        "leave": links.unsubscribe_url(reader.id),
        "left": links.unsubscribe_url(2**38),
        "preferences": links.preferences_url(reader.id),
        "forged": f"{settings.base_url}/u/{'A' * 32}",
    }[kind].removeprefix(settings.base_url)
    page = site.open(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert policy_of(page.headers["Content-Security-Policy"])["img-src"] == ["'self'"]
    for address in tree(page).xpath("//*[@src]/@src | //link/@href | //form/@action"):
        assert address.startswith("/")
        assert not address.startswith("//")


def test_no_page_has_code_or_style_of_its_own(site: Site, session: Session) -> None:
    source = add_source(session, session.scalars(select(Topic)).all()[0], site.clock.now)
    article = add_article(session, source, source.topic, site.clock.now, headline="خبر")
    for path in ("/", "/subscribe", "/subscribed", "/nowhere", f"/a/{article.id}"):
        root = tree(site.open(path))
        assert not root.xpath(
            "//style | //*[@style] | //script[not(@src or @type='application/ld+json')]"
        )
        assert not [name for element in root.iter() for name in element.attrib if name[:2] == "on"]


def test_cookies_are_closed_to_scripts_and_to_other_sites(site: Site) -> None:
    cookies = site.open("/?lang=en").headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"nashra", "lang"}
    for cookie in cookies:
        for mark in ("Secure", "HttpOnly", "SameSite=Lax"):
            assert mark in cookie


def test_cookies_are_secure_though_the_proxy_speaks_plain_http_with_us(site: Site) -> None:
    answer = site.client.get("/admin/login", base_url="http://levant.example")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert [one for one in cookies if "; Secure" not in one] == []


def test_errors_are_pages_in_the_language_of_the_reader(app: Flask, site: Site) -> None:
    def broken() -> str:
        raise InternalServerError

    def crashing() -> str:
        raise RuntimeError("secret detail")

    app.add_url_rule("/broken", "broken", broken)
    app.add_url_rule("/crashing", "crashing", crashing)
    for path, code in (("/broken", 500), ("/crashing", 500), ("/nowhere", 404)):
        page = site.open(path)
        assert page.status_code == code
        assert tree(page).get("dir") == "rtl"
        assert "secret" not in page.get_data(as_text=True)
    page = site.post("/subscribed")
    assert (page.status_code, "GET" in page.headers["Allow"]) == (405, True)
    large = site.post("/subscribe", {"email": "x" * 3_000_000})
    assert large.status_code == 413
    assert "أكبر من المسموح" in words(large)
    assert "There is no such page" in words(site.open("/nowhere?lang=en"))


def test_what_breaks_is_logged_without_the_token_and_what_was_typed(
    app: Flask, site: Site, session: Session, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    reader = add_reader(session, site.clock.now)
    session.flush()

    def crashing(token: str) -> str:
        scope.session().execute(
            text("select no_such from staff where email = :x"), {"x": "hunter2"}
        )
        return token

    app.view_functions["reader.preferences"] = crashing
    token = Links(settings).preferences_token(reader.id, 0)
    assert site.open(f"/p/{token}").status_code == 500
    assert "Exception on /p/<token> [GET]" in caplog.text
    assert "no_such" in caplog.text
    assert token not in caplog.text
    assert "hunter2" not in caplog.text


def test_health_tells_the_process_from_what_it_needs(
    site: Site, session: Session, settings: Settings, sessions: sessionmaker[Session], clock: Clock
) -> None:
    assert site.open("/healthz").json == {"status": "ok"}
    assert site.open("/readyz").json == {"status": "ok", "database": "ok", "redis": "ok"}
    lonely = make_app(settings.with_(redis_url="redis://127.0.0.1:1"), sessions, clock)
    answer = lonely.test_client().get("/readyz", base_url=BASE)
    assert (answer.status_code, answer.json) == (
        200,
        {"status": "degraded", "database": "ok", "redis": "unreachable"},
    )
    session.execute(text("update alembic_version set version_num = '0000'"))
    stale = site.open("/readyz")
    assert (stale.status_code, stale.json["database"]) == (503, "not migrated")


def test_without_a_database_the_process_is_alive_and_not_ready(
    settings: Settings, clock: Clock
) -> None:
    from app.web.factory import create_app

    app = create_app(
        settings.with_(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"), clock
    )
    client = app.test_client()
    assert client.get("/healthz", base_url=BASE).status_code == 200
    assert client.get("/readyz", base_url=BASE).status_code == 503
    assert client.get("/", base_url=BASE).status_code == 500


def test_sign_up_works_while_redis_is_away(
    settings: Settings,
    session: Session,
    sessions: sessionmaker[Session],
    clock: Clock,
    topics: list[Topic],
) -> None:
    app = make_app(settings.with_(redis_url="redis://127.0.0.1:1"), sessions, clock)
    site = Site(app.test_client(), clock, session)
    assert site.sign_up("a@example.org").status_code == 303
    assert session.scalar(text("select count(*) from notice where state = 'pending'")) == 1
