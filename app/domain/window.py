"""Which articles a digest may take, and how a list of articles becomes one number.

The candidates of a campaign are numbered; a list of them is a bit mask, so that grouping a
million readers by what each gets is one set-based statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat

from app.domain.subscription import ALL_TOPICS, Cadence

MAX_CANDIDATES = 40
"""More would be no digest; the newest are taken. A mask of 62 bits would hold more."""

_FIRST_WINDOW = {
    Cadence.INSTANT: timedelta(hours=1),
    Cadence.DAILY: timedelta(days=1),
    Cadence.WEEKLY: timedelta(days=7),
}
MANUAL_WINDOW = timedelta(days=7)
LONGEST_GAP = timedelta(days=7)
"""What a reader may miss who leaves a weekly digest for another pace just before it comes."""

EVERY_TOPIC = -1
"""The topics of a candidate that every reader follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An article that a campaign may contain, with the bits of the topics it belongs to. One
    that is not `fresh` lies before the window, and is only for readers who have changed their
    pace since and would miss it between the two."""

    article_id: int
    topic_mask: int
    fresh: bool = True


def window_start(end: datetime, *, last_end: datetime | None, cadence: Cadence | None) -> datetime:
    """Where the window that closes at `end` opens: where the schedule's last edition closed, or
    one period back; `MANUAL_WINDOW` back for a campaign without a schedule (no cadence).

    What a reader already got is dropped later, so a long window repeats nothing.
    """
    if last_end is not None:
        return last_end
    return end - (MANUAL_WINDOW if cadence is None else _FIRST_WINDOW[cadence])


def list_mask(reader_topics: int, candidates: Sequence[Candidate], *, late: bool = False) -> int:
    """The candidates that a reader of these topics follows, as bits in their order; with `late`
    those too that are not fresh."""
    mask = 0
    for place, candidate in enumerate(candidates):
        if not candidate.fresh and not late:
            continue
        if reader_topics == ALL_TOPICS or reader_topics & candidate.topic_mask:
            mask |= 1 << place
    return mask


def articles_of(mask: int, candidates: Sequence[Candidate]) -> list[int]:
    """The article ids of a list, in the candidates' order."""
    return [c.article_id for place, c in enumerate(candidates) if mask >> place & 1]


def mask_of(article_ids: Iterable[int], candidates: Sequence[Candidate]) -> int:
    """The bits of those candidates that are among `article_ids`."""
    wanted = set(article_ids)
    return sum(1 << place for place, c in enumerate(candidates) if c.article_id in wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkRange:
    """Ordinals `first` to `last` of a campaign, all of one variant and one due time; without
    one of its own they are due when the campaign is launched."""

    mask: int
    first: int
    last: int
    due: datetime | None = None


def cut_into_chunks(
    sizes: Sequence[tuple[int, int]], chunk_size: int, *, dues: Sequence[datetime] | None = None
) -> list[ChunkRange]:
    """Ranges of at most `chunk_size` ordinals, from 1 on, for groups of (mask, readers) in the
    order in which their deliveries are numbered; `dues` has the due time of each group."""
    ranges = []
    ordinal = 1
    for (mask, readers), due in zip(sizes, dues or repeat(None), strict=dues is not None):
        end = ordinal + readers
        while ordinal < end:
            last = min(ordinal + chunk_size, end) - 1
            ranges.append(ChunkRange(mask=mask, first=ordinal, last=last, due=due))
            ordinal = last + 1
    return ranges
