"""From the JSON of a CMS to an article as written: every field is looked at, and the first that
is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Request

from app.domain.article import RelatedLink, one_line
from app.feeds.written import Written
from app.web.api.answers import Refused

MAX_BODY = 1_000_000
"""Bytes of one request."""

MAX_GUID = 500
MAX_TOPICS = 62
MAX_RELATED = 20

_TEXTS = (
    "kicker", "headline", "standfirst", "body", "url", "image_url", "image_alt", "image_caption",
    "byline",
)  # fmt: skip
_FIELDS = frozenset({*_TEXTS, "guid", "topics", "related", "published_at"})


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises `Refused`, and werkzeug's 413 for a body that is
    larger than `MAX_BODY`."""
    request.max_content_length = MAX_BODY
    if not request.is_json:
        raise Refused("not_json", status=415)
    try:
        value = json.loads(request.get_data())
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused("bad_json", status=400, detail=where) from None
    except (ValueError, RecursionError):  # not UTF-8, a number without end, brackets without end
        raise Refused("bad_json", status=400) from None
    if not isinstance(value, dict):
        raise Refused("not_an_object", status=400)
    return value


def read_guid(given: Mapping[str, Any]) -> str:
    """The CMS's own mark of an article."""
    if "guid" not in given:
        raise Refused("needed", field="guid")
    guid = one_line(_string(given, "guid"))
    if not 1 <= len(guid) <= MAX_GUID or guid.startswith("hand:"):
        raise Refused("bad_guid", field="guid")
    return guid


def only(given: Mapping[str, Any], allowed: frozenset[str] = _FIELDS) -> None:
    """Raises `Refused` for a field that nobody would read: it may be a slip of the pen."""
    for name in given:
        if name not in allowed:
            raise Refused("unknown_field", field=one_line(name)[:60])


def read_written(given: Mapping[str, Any], *, zone: str) -> Written:
    """The parts of the article; a date without a zone is told in `zone`."""
    return Written(
        **{name: _string(given, name) for name in _TEXTS},
        related=tuple(_related(given.get("related"))),
        published_at=_moment(_string(given, "published_at"), zone),
    )


def read_topics(given: Mapping[str, Any]) -> list[str]:
    """The slugs of its topics, the one it stands under first."""
    value = given.get("topics")
    if value is None:
        raise Refused("needs_topic", field="topics")
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refused("wrong_type", field="topics")
    return [one_line(one) for one in value[:MAX_TOPICS]]


def _string(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("wrong_type", field=name)
    return value


def _related(value: Any) -> list[RelatedLink]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refused("wrong_type", field="related")
    found = []
    for one in value[:MAX_RELATED]:
        if not isinstance(one, dict):
            raise Refused("wrong_type", field="related")
        try:
            found.append(RelatedLink(title=_string(one, "title"), url=_string(one, "url")))
        except Refused:
            raise Refused("wrong_type", field="related") from None
    return found


def _moment(text: str, zone: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise Refused("bad_date", field="published_at") from None
