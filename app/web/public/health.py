"""For those who watch: whether the process answers, and whether it can do its work."""

from __future__ import annotations

from flask import jsonify
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app.store.migrate import is_current
from app.web import scope
from app.web.public.blueprint import public

_PATIENCE = 1.0


@public.get("/healthz")
def healthz() -> Response:
    return _answer(200, status="ok")


@public.get("/readyz")
def readyz() -> Response:
    """503 without the database or with a schema that is not the newest; without Redis the site
    works on, only later, so that is 200 and "degraded"."""
    database = _database()
    redis = _redis()
    if database != "ok":
        return _answer(503, status="unavailable", database=database, redis=redis)
    return _answer(
        200, status="ok" if redis == "ok" else "degraded", database=database, redis=redis
    )


def _database() -> str:
    try:
        current = is_current(scope.session().connection())
    except SQLAlchemyError:
        return "unreachable"
    return "ok" if current else "not migrated"


def _redis() -> str:
    client = Redis.from_url(
        scope.settings().redis_url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE
    )
    try:
        client.ping()
    except RedisError:
        return "unreachable"
    finally:
        client.close()
    return "ok"


def _answer(code: int, **parts: str) -> Response:
    answer = jsonify(parts)
    answer.status_code = code
    answer.headers["Cache-Control"] = "no-store"
    return answer
