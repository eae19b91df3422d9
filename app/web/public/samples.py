"""The sample feed, its pictures and its articles' addresses, where servers are embedded: a
newcomer's first source."""

from __future__ import annotations

from datetime import datetime

from flask import abort, make_response, redirect, send_file, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.samples.feed import sample_article, sample_feed, sample_image
from app.store.tables import Article, Source
from app.web import scope
from app.web.public.blueprint import public

_A_DAY = 24 * 3600


@public.get("/samples/feed.xml")
def sample_feed_file() -> Response:
    _only_where_embedded()
    response = make_response(sample_feed(scope.settings().base_url, _anchor()))
    response.headers["Content-Type"] = "application/rss+xml; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@public.get("/samples/<name>")
def sample_picture(name: str) -> Response:
    _only_where_embedded()
    path = sample_image(name)
    if path is None:
        abort(404)
    return send_file(path, mimetype="image/png", max_age=_A_DAY)


@public.get("/samples/articles/<slug>")
def sample_page(slug: str) -> Response:
    """Where the links in the feed and in the mails lead: the article's page on this site."""
    _only_where_embedded()
    if sample_article(slug) is None:
        abort(404)
    number = scope.session().scalar(
        select(func.max(Article.id)).where(Article.url.endswith(f"/samples/articles/{slug}"))
    )
    if number is None:
        abort(404)
    return redirect(url_for("public.article", article_id=number))


def _anchor() -> datetime:
    """The moment that the articles' dates count back from: when the feed was added as a source,
    so that every later fetch finds the same articles unchanged."""
    added = scope.session().scalar(
        select(func.min(Source.created_at)).where(Source.url.endswith("/samples/feed.xml"))
    )
    return (added or scope.now()).replace(second=0, microsecond=0)


def _only_where_embedded() -> None:
    if not scope.settings().embedded:
        abort(404)
