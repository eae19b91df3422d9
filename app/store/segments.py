"""A segment as a condition on readers, for the readers' list, bulk actions and the freezing of an
audience. `store.reader_counts` says how many it means.

The condition is text, because freezing is: `{alias}` is how the statement calls `subscriber`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.segment import Engagement, Match, Segment

DOMAIN = "split_part({alias}.email_key, '@', -1)"
"""As the index of domains has it."""

Condition = tuple[str, dict[str, Any]]
"""SQL that is true for the readers meant, and its parameters (all begin with `seg_`)."""

_LATELY = """
d.state = '{state}' and d.at >= :seg_since and d.campaign_id = any(array(
    select k.id from campaign k
    where k.started_at is not null and (k.finished_at is null
        or k.finished_at >= cast(:seg_since as timestamptz) - interval '1 day')))
"""
"""What was finished before the days in question wrote to nobody in them: its deliveries need not
be looked at."""

_HASHED = "({alias}.id in (select d.subscriber_id from delivery d where {lately})) is true"
_EXISTS = "exists (select from delivery d where d.subscriber_id = {alias}.id and {lately})"
# The planner cannot guess how many readers some campaigns reached, and left to itself looks a
# million of them up one by one. "is true" keeps it from turning the condition into a join. Where
# few are found, or a place in the order of readers is to be gone on from, it does well by itself.
_ENGAGED = {
    (Engagement.SERVED, True): ("sent", _HASHED),
    (Engagement.SERVED, False): ("sent", _EXISTS),
    (Engagement.REFUSED, True): ("failed", _EXISTS),
    (Engagement.REFUSED, False): ("failed", _EXISTS),
    (Engagement.UNSERVED, True): ("sent", f"not {_EXISTS}"),
    (Engagement.UNSERVED, False): ("sent", f"not {_EXISTS}"),
}
"""By whether all readers are looked at: the state of the deliveries, and how they are asked."""


def condition(
    segment: Segment, *, now: datetime, zone: ZoneInfo, alias: str = "s", whole: bool = False
) -> Condition:
    """The condition of a segment at `now`, "true" for everybody. Days are those of `zone`. With
    `whole` it is made for a statement that looks at all readers, else for one that stops when it
    has found some."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if segment.topics:
        mask = "{alias}.topic_mask"
        wanted = "<> 0" if segment.match is Match.ANY else "= :seg_topics"
        parts.append(f"({mask} = 0 or {mask} & :seg_topics {wanted})")
        values["seg_topics"] = segment.topics
    _enums(segment, parts)
    _named(segment, parts, values)
    _joined(segment, zone, parts, values)
    _engaged(segment, now, parts, values, whole=whole)
    if segment.address:
        parts.append("{alias}.email_key like :seg_address")
        values["seg_address"] = f"{_literal(segment.address.casefold())}%"
    return (" and ".join(parts) or "true").replace("{alias}", alias), values


def _enums(segment: Segment, parts: list[str]) -> None:
    """As literals, so that the partial indexes are seen to fit."""
    for name, column in (("cadences", "cadence"), ("states", "state")):
        if wanted := getattr(segment, name):
            literals = ", ".join(f"'{one.value}'" for one in wanted)
            parts.append(f"{{alias}}.{column} in ({literals})")


def _named(segment: Segment, parts: list[str], values: dict[str, Any]) -> None:
    columns = {"zones": "{alias}.timezone", "domains": DOMAIN, "languages": "{alias}.language"}
    for name, column in columns.items():
        if wanted := getattr(segment, name):
            parts.append(f"{column} = any(cast(:seg_{name} as text[]))")
            values[f"seg_{name}"] = list(wanted)


def _joined(segment: Segment, zone: ZoneInfo, parts: list[str], values: dict[str, Any]) -> None:
    if segment.joined_from:
        parts.append("{alias}.created_at >= :seg_joined_from")
        values["seg_joined_from"] = _midnight(segment.joined_from, zone)
    if segment.joined_to:
        parts.append("{alias}.created_at < :seg_joined_before")
        values["seg_joined_before"] = _midnight(segment.joined_to + timedelta(days=1), zone)


def _engaged(
    segment: Segment, now: datetime, parts: list[str], values: dict[str, Any], *, whole: bool
) -> None:
    if segment.engagement is None:
        return
    values["seg_since"] = now - timedelta(days=segment.engaged_days)
    if segment.engagement is Engagement.NEW:
        parts.append("{alias}.created_at >= :seg_since")
        return
    state, asked = _ENGAGED[segment.engagement, whole]
    parts.append(asked.replace("{lately}", _LATELY.replace("{state}", state)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _literal(words: str) -> str:
    """With the wildcards of `like` taken literally."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
