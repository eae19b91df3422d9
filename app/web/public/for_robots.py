"""What search engines ask for first: which pages they may read, and which there are."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, make_response
from lxml import etree
from sqlalchemy import select

from app.store.tables import Article, Edition
from app.web import scope
from app.web.public import archive_reads as reads
from app.web.public.blueprint import public
from app.web.public.sharing import absolute

MOST = 20_000
"""Editions, and as many articles, in the map: together they stay under the 50,000 addresses that
one file may hold (sitemaps.org/protocol.html)."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_AN_HOUR = 3600
_CLOSED = ("/admin", "/mailbox", "/confirm/", "/u/", "/p/", "/w/", "/c/", "/archive/search")
"""Behind a login, a token or a query."""


@public.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), ""]
    lines.append(f"Sitemap: {absolute('public.sitemap')}")
    response = make_response("\n".join(lines) + "\n")
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={_AN_HOUR}"
    return response


@public.get("/sitemap.xml")
def sitemap() -> Response:
    urls = etree.Element("urlset", nsmap={None: _NAMESPACE})
    for endpoint in ("public.home", "public.subscribe", "public.archive"):
        _add(urls, absolute(endpoint))
    for month in reads.months(scope.session(), scope.settings().timezone):
        first = month.first
        _add(urls, absolute("public.archive_month", year=first.year, month=first.month))
    editions = reads.visible().with_only_columns(Edition.campaign_id, Edition.changed_at)
    for number, changed_at in scope.session().execute(editions.limit(MOST)):
        _add(urls, absolute("public.edition", number=number), changed_at)
    articles = select(Article.id, Article.changed_at).where(Article.withdrawn_at.is_(None))
    for number, changed_at in scope.session().execute(
        articles.order_by(Article.id.desc()).limit(MOST)
    ):
        _add(urls, absolute("public.article", article_id=number), changed_at)
    response = make_response(etree.tostring(urls, encoding="utf-8", xml_declaration=True))
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={_AN_HOUR}"
    return response


def _add(urls: etree._Element, address: str, changed_at: datetime | None = None) -> None:
    url = etree.SubElement(urls, "url")
    etree.SubElement(url, "loc").text = address
    if changed_at is not None:
        moment = changed_at.astimezone(UTC).replace(microsecond=0)
        etree.SubElement(url, "lastmod").text = moment.isoformat()
