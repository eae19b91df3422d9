"""Articles pushed by a CMS: sent, sent again when they change, withdrawn and restored.

Who asks is told by a bearer token alone. No cookie is looked at, so that a page elsewhere could
send nothing in the name of somebody who is logged in, and no CSRF token is wanted.
"""

from __future__ import annotations

import re
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from limits import RateLimitItemPerMinute
from sqlalchemy.exc import NoResultFound

from app.config import Settings
from app.feeds.written import BadArticle, draft_of
from app.store.tables import Article
from app.usecases import manage_articles
from app.usecases.manage_articles import InvalidArticle
from app.usecases.manage_tokens import token_of
from app.usecases.record_audit import record
from app.web import scope
from app.web.api.answers import Refused, refusal
from app.web.api.reading import only, read_guid, read_object, read_topics, read_written
from app.web.limiter import Limiter, TooMany, network_of
from app.web.security import csrf

BY_TOKEN = RateLimitItemPerMinute(240, namespace="api-token")
BY_NETWORK = RateLimitItemPerMinute(30, namespace="api-refused")
"""For those who show no token that counts."""

LIMITS = "api_limits"
_BEARER = re.compile(r"Bearer +(\S{20,200})", re.IGNORECASE)
_GUID = frozenset({"guid"})

api = Blueprint("api", __name__, url_prefix="/api")


def register(app: Flask, settings: Settings) -> None:
    app.extensions[LIMITS] = Limiter(settings.redis_url)
    csrf.exempt(api)
    app.register_blueprint(api)


@api.before_request
def _who() -> None:
    limits = cast("Limiter", current_app.extensions[LIMITS])
    shown = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    token = token_of(scope.session(), shown[1], now=scope.now()) if shown else None
    if token is None:
        limits.hit((BY_NETWORK, network_of(request.remote_addr or "")))
        raise Refused("bad_token", status=401)
    g.api_token = token.name
    limits.hit((BY_TOKEN, str(token.id)))
    scope.commit()


@api.post("/articles")
def push() -> tuple[Response, int]:
    """A new article, or the next version of the one with its guid."""
    given = read_object(request)
    only(given)
    guid, topics = read_guid(given), read_topics(given)
    written = read_written(given, zone=scope.settings().timezone)
    base_url = scope.settings().base_url
    try:
        draft = draft_of(written, guid=guid, base=base_url, now=scope.now())
        pushed = manage_articles.push_article(
            scope.session(), draft, topics=topics, base_url=base_url, now=scope.now()
        )
    except BadArticle as bad:
        raise Refused(bad.code, field=bad.field, most=bad.most) from None
    except InvalidArticle as invalid:
        raise Refused(invalid.code, field="topics", detail=invalid.detail) from None
    if pushed.status in ("created", "updated"):
        _note("article.push", pushed.article)
    scope.commit()
    shown = {"status": pushed.status, **_shown(pushed.article)}
    return jsonify(shown), 201 if pushed.status == "created" else 200


@api.post("/articles/withdraw")
def withdraw() -> Response:
    """Takes an article out of coming editions and off the site. May be repeated."""
    article = _named()
    manage_articles.withdraw(scope.session(), article.id, now=scope.now())
    _note("article.withdraw", article)
    scope.commit()
    return jsonify(_shown(article))


@api.post("/articles/restore")
def restore() -> Response:
    """Puts a withdrawn article back. May be repeated."""
    article = _named()
    manage_articles.restore(scope.session(), article.id)
    _note("article.restore", article)
    scope.commit()
    return jsonify(_shown(article))


@api.errorhandler(Refused)
def _refused(refused: Refused) -> Response:
    scope.session().rollback()
    response = refusal(refused)
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.errorhandler(TooMany)
def _too_often(error: TooMany) -> Response:
    response = refusal(Refused("too_often", status=429))
    response.headers["Retry-After"] = str(error.seconds)
    return response


@api.after_request
def _kept_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _named() -> Article:
    given = read_object(request)
    only(given, _GUID)
    try:
        return manage_articles.find_pushed(scope.session(), read_guid(given))
    except NoResultFound:
        raise Refused("unknown_guid", status=404, field="guid") from None


def _shown(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "guid": article.guid,
        "url": article.url,
        "revision": article.revision,
        "withdrawn": article.withdrawn_at is not None,
    }


def _note(action: str, article: Article) -> None:
    record(
        scope.session(),
        now=scope.now(),
        action=action,
        object_type="article",
        object_id=article.id,
        detail={"token": g.api_token, "guid": article.guid},
        ip=request.remote_addr,
    )
