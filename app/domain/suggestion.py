"""What is suggested to an editor who makes a campaign: articles to carry, and a subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

USUAL_COUNT = 7
"""Articles that are suggested for an edition: what a reader goes through in a few minutes."""

SUBJECT_SEEN = 45
"""Characters of a subject that a phone's inbox shows; more is cut off there."""

PREHEADER_SEEN = 90
"""The same for the line behind it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choosable:
    """An article that could be carried, with the topic it stands under. `was_sent`: a campaign
    has carried it."""

    article_id: int
    topic_id: int
    was_sent: bool


def suggested(choosable: Iterable[Choosable], count: int = USUAL_COUNT) -> list[int]:
    """The articles to carry: unsent ones, from as many topics as there are, in their order (the
    newest first) and one of each topic before the second of any."""
    waiting: dict[int, list[int]] = {}
    for one in choosable:
        if not one.was_sent:
            waiting.setdefault(one.topic_id, []).append(one.article_id)
    chosen: list[int] = []
    while waiting and len(chosen) < count:
        for topic_id in list(waiting):
            chosen.append(waiting[topic_id].pop(0))
            if not waiting[topic_id]:
                del waiting[topic_id]
    return chosen[:count]


def subjects_for(headlines: Sequence[str], most: int) -> list[str]:
    """Subjects made from the headlines, the lead's first: as it is; cut at a word where it is
    longer than an inbox shows; and with the second one, where both are short enough for `most`
    characters."""
    if not headlines:
        return []
    lead = headlines[0]
    found = [lead[:most]]
    if len(lead) > SUBJECT_SEEN:
        found.append(cut_at_word(lead, SUBJECT_SEEN))
    elif len(headlines) > 1 and len(lead) + len(headlines[1]) + 3 <= min(most, 2 * SUBJECT_SEEN):
        found.append(f"{lead} | {headlines[1]}")
    return list(dict.fromkeys(found))


def cut_at_word(text: str, most: int) -> str:
    """At most `most` characters of the text, whole words, with "…" where some are missing."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    whole, _, rest = head.rpartition(" ")
    return f"{(whole if whole and len(rest) < most // 2 else head).rstrip(' ،,.:؛;-')}…"
