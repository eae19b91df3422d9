"""A segment in words, one short phrase for each of its parts."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.segment import Engagement, Match, Segment
from app.store.tables import Topic
from app.web.admin import display
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.words import CADENCES, SUBSCRIBER_STATES
from app.web.i18n import language


def describe(segment: Segment, topics: Iterable[Topic]) -> list[str]:
    """What its readers have in common; nothing for everybody."""
    parts = [*_chosen(segment, topics), *_joined(segment)]
    if segment.zones:
        zones = _either([zone or gettext("an unknown zone") for zone in segment.zones])
        parts.append(gettext("live in %(zones)s", zones=zones))
    if segment.domains:
        parts.append(gettext("write from %(domains)s", domains=_either(list(segment.domains))))
    if segment.languages:
        names = {"ar": gettext("Arabic"), "en": gettext("English")}
        spoken = _either([names.get(code, code) for code in segment.languages])
        parts.append(gettext("read in %(languages)s", languages=spoken))
    if segment.engagement:
        parts.append(_engaged(segment.engagement, segment.engaged_days))
    if segment.address:
        parts.append(gettext("address begins with %(beginning)s", beginning=segment.address))
    return parts


def _chosen(segment: Segment, topics: Iterable[Topic]) -> list[str]:
    parts = []
    if segment.states:
        parts.append(_either([str(SUBSCRIBER_STATES[one]) for one in segment.states]))
    if segment.topics:
        names = [topic.name(language()) for topic in topics if segment.topics >> topic.bit & 1]
        joined = _either(names) if segment.match is Match.ANY else _both(names)
        parts.append(gettext("follow %(topics)s", topics=joined))
    if segment.cadences:
        paces = _either([str(CADENCES[one]) for one in segment.cadences])
        parts.append(gettext("pace: %(paces)s", paces=paces))
    return parts


def _joined(segment: Segment) -> list[str]:
    parts = []
    if segment.joined_from:
        parts.append(gettext("joined from %(day)s", day=display.date_words(segment.joined_from)))
    if segment.joined_to:
        parts.append(gettext("joined until %(day)s", day=display.date_words(segment.joined_to)))
    return parts


def _engaged(engagement: Engagement, days: int) -> str:
    span = ngettext("the last day", "the last %(number)s days", days, number=display.number(days))
    return {
        Engagement.NEW: gettext("joined in %(span)s", span=span),
        Engagement.SERVED: gettext("got a mail in %(span)s", span=span),
        Engagement.UNSERVED: gettext("got no mail in %(span)s", span=span),
        Engagement.REFUSED: gettext("a mail to them was refused in %(span)s", span=span),
    }[engagement]


def _either(names: list[str]) -> str:
    return gettext(" or ").join(names)


def _both(names: list[str]) -> str:
    return gettext(" and ").join(names)
