"""When a source is looked at again, and since when its articles count as out."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_REST = timedelta(hours=6)
"""A failing source is asked less and less often, up to this."""

LONGEST_WISH = timedelta(hours=24)
"""As long as a server's own wish (Retry-After) is followed."""

_SPREAD = 0.2

ARCHIVE_AGE = timedelta(days=1)


def next_poll(
    now: datetime,
    *,
    interval: float,
    failures: int,
    chance: float,
    wish: float = 0,
) -> datetime:
    """After a success (`failures` 0) one `interval` (seconds) later; after failures in a row
    twice as long each time, up to `LONGEST_REST`. `chance` (0 to 1) spreads it by a tenth to
    both sides, so that sources added together are not asked together for ever; `wish` is the
    server's Retry-After in seconds.
    """
    doublings = min(max(failures - 1, 0), 12)
    rest = timedelta(seconds=interval * 2**doublings * (1 - _SPREAD / 2 + _SPREAD * chance))
    return now + max(min(rest, LONGEST_REST), min(timedelta(seconds=wish), LONGEST_WISH))


def counted_at(now: datetime, *, published_at: datetime | None, source_since: datetime) -> datetime:
    """The moment that decides in which digest an article may stand: when it came in.

    A new source brings its archive along. What was published more than `ARCHIVE_AGE` before the
    source was added counts from its own date, as if the source had been there: windows that are
    closed stay closed, and a weekly digest still finds what is of its week.
    """
    if published_at is not None and published_at < source_since - ARCHIVE_AGE:
        return published_at
    return now
