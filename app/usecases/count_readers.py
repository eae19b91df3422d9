"""Counts the readers for home and the metrics, so that no page does: part of the tick.

How many there are is kept (`store.reader_counts`), but who came and went is read from the history
of consent, so a count is made again only when two hundred times the time it took has passed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.growth import Day, Moves, days_back
from app.domain.subscription import SubscriberState
from app.store.pulse import READERS, beat
from app.store.reader_counts import compact_tally, readers_by_state
from app.store.tables import Pulse, ReaderDay, Signup

SHORTEST_REST = timedelta(seconds=10)
SHARE = 200
"""A count may take one part in so many of the database's time."""

FIRST_SPAN = timedelta(days=365)
"""How far back the days are filled in when nothing was counted yet."""

_LOCK = 0x6E617368_72656164

# A reader who confirms once more, or an address that is suppressed after it left, moves nobody:
# what stood before tells. Imported readers are new ones.
_MOVES = text("""
select cast(e.at at time zone :zone as date) as day,
       count(*) filter (where e.kind in ('confirmed', 'imported')) as gained,
       count(*) filter (where e.kind in ('unsubscribed', 'suppressed')) as lost
from consent_event e
left join lateral (
    select p.kind from consent_event p
    where e.kind in ('confirmed', 'suppressed')
      and p.subscriber_id = e.subscriber_id and (p.at, p.id) < (e.at, e.id)
      and p.kind in ('confirmed', 'imported', 'unsubscribed', 'suppressed')
    order by p.at desc, p.id desc limit 1
) before on true
where e.at >= :since and (
    e.kind in ('imported', 'unsubscribed')
    or e.kind = 'confirmed' and coalesce(before.kind, 'unsubscribed')
                                in ('unsubscribed', 'suppressed')
    or e.kind = 'suppressed' and before.kind in ('confirmed', 'imported'))
group by 1
""")


def count_readers(session: Session, settings: Settings, *, now: datetime) -> bool:
    """Brings today's row and the ones that are missing up to date, if it is time. Any number may
    try at once: one counts. Returns whether it did."""
    last = session.get(Pulse, (READERS, "count"))
    if last is not None and now < last.at + _rest(last):
        return False
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return False
    began = time.monotonic()
    zone = ZoneInfo(settings.timezone)
    today = now.astimezone(zone).date()
    newest = session.scalar(select(func.max(ReaderDay.day)))
    first = today - FIRST_SPAN if newest is None else min(newest, today)
    compact_tally(session)
    states = readers_by_state(session)
    moves = _moves(session, zone, first)
    if newest is None:
        first = min(moves, default=today)
    days = days_back(today, states.get(SubscriberState.ACTIVE, 0), moves, first)
    _keep(session, days, now)
    session.execute(
        ReaderDay.__table__.update()  # type: ignore[attr-defined]
        .where(ReaderDay.day == today)
        .values(
            unsubscribed=states.get(SubscriberState.UNSUBSCRIBED, 0),
            suppressed=states.get(SubscriberState.SUPPRESSED, 0),
            waiting=_waiting(session),
        )
    )
    # The history is read whole only once, so that what this took says nothing of the next count.
    took = time.monotonic() - began if newest is not None else 0.0
    beat(session, READERS, "count", now=now, seconds=round(took, 3))
    return True


def _rest(last: Pulse) -> timedelta:
    took = float(last.detail.get("seconds", 0.0))
    return max(SHORTEST_REST, timedelta(seconds=took * SHARE))


def _waiting(session: Session) -> int:
    query = select(func.count()).select_from(Signup).where(Signup.confirmed_at.is_(None))
    return session.scalar(query) or 0


def _moves(session: Session, zone: ZoneInfo, first: date) -> dict[date, Moves]:
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    rows = session.execute(_MOVES, {"zone": zone.key, "since": since})
    return {day: Moves(gained=gained, lost=lost) for day, gained, lost in rows}


def _keep(session: Session, days: Iterable[Day], now: datetime) -> None:
    statement = insert(ReaderDay)
    fresh = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["day"],
            set_={
                "active": fresh.active,
                "gained": fresh.gained,
                "lost": fresh.lost,
                "counted_at": fresh.counted_at,
            },
        ),
        [
            {
                "day": day.day,
                "active": day.active,
                "gained": day.moves.gained,
                "lost": day.moves.lost,
                "counted_at": now,
            }
            for day in days
        ],
    )
