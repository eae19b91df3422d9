"""The feed of the editions, in RSS 2.0 (rssboard.org/rss-specification), for readers who follow
the archive with a program of their own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from flask import Response, make_response, request
from flask_babel import force_locale
from lxml import etree

from app.web import scope
from app.web.i18n import gettext
from app.web.public import archive_reads as reads
from app.web.public.blueprint import public
from app.web.public.sharing import absolute
from app.web.public.shown import Shown

LENGTH = 30
_FRESH = 300
"""Seconds for which a feed reader may keep what it got."""

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@public.get("/archive/feed.xml")
def archive_feed() -> Response:
    """The newest editions; answers 304 to whoever has them already."""
    changed = reads.last_change(scope.session())
    response = make_response(feed_of(reads.newest(scope.session(), LENGTH), changed))
    response.headers["Content-Type"] = "application/rss+xml; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={_FRESH}"
    if changed is not None:
        response.last_modified = changed.replace(microsecond=0)
    response.add_etag()
    response.make_conditional(request)
    return response


def feed_of(editions: list[Shown], changed: datetime | None) -> bytes:
    """The feed, in the site's language whoever asks: it may be kept for others."""
    with force_locale(scope.settings().language):
        return _written(editions, changed)


def _written(editions: list[Shown], changed: datetime | None) -> bytes:
    settings = scope.settings()
    rss = etree.Element("rss", version="2.0", nsmap={"atom": _ATOM})
    channel = etree.SubElement(rss, "channel")
    _add(channel, "title", gettext("%(site)s: the newsletter", site=scope.brand().site_name))
    _add(channel, "link", absolute("public.archive"))
    _add(channel, "description", gettext("Every edition of the newsletter, as it was sent."))
    _add(channel, "language", settings.language)
    if changed is not None:
        _add(channel, "lastBuildDate", _date(changed))
    own = {
        "href": absolute("public.archive_feed"),
        "rel": "self",
        "type": "application/rss+xml",
    }
    etree.SubElement(channel, f"{{{_ATOM}}}link", own)
    for edition in editions:
        _add_item(channel, edition)
    written: bytes = etree.tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


def _add_item(channel: etree._Element, edition: Shown) -> None:
    url = absolute("public.edition", number=edition.campaign_id)
    item = etree.SubElement(channel, "item")
    _add(item, "title", edition.title)
    _add(item, "link", url)
    _add(item, "guid", url)
    _add(item, "pubDate", _date(edition.sent_at))
    _add(item, "description", _description(edition))
    for topic in dict.fromkeys(story.topic for story in edition.stories):
        if topic:
            _add(item, "category", topic)


def _description(edition: Shown) -> str:
    """The edition's note and headlines, as HTML."""
    pieces = [f"<p>{escape(line)}</p>" for line in edition.note.splitlines() if line]
    rows = [
        f'<li><a href="{escape(absolute("public.article", article_id=one.article_id))}">'
        f"{escape(one.headline)}</a></li>"
        for one in edition.stories
    ]
    if rows:
        pieces.append(f"<ul>{''.join(rows)}</ul>")
    return f'<div dir="{edition.base}">{"".join(pieces)}</div>'


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = _NOT_XML.sub(" ", text)


def _date(moment: datetime) -> str:
    """RFC 822 with a four-digit year, as RSS wants it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
