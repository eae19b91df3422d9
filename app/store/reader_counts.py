"""How many readers there are, without counting them: `reader_tally` is kept by triggers."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.subscription import Cadence, SubscriberState
from app.store.tables import ReaderTally

_COMPACT = text("""
with gone as (delete from reader_tally returning state, cadence, readers)
insert into reader_tally (state, cadence, readers)
select state, cadence, sum(readers) from gone group by state, cadence having sum(readers) <> 0
""")


def readers_by_state(session: Session) -> dict[SubscriberState, int]:
    """How many readers are in each state, zeroes included."""
    rows = session.execute(
        select(ReaderTally.state, func.sum(ReaderTally.readers)).group_by(ReaderTally.state)
    )
    found = {state: int(readers) for state, readers in rows}
    return {state: found.get(state, 0) for state in SubscriberState}


def readers_by_state_and_cadence(session: Session) -> dict[tuple[SubscriberState, Cadence], int]:
    """The same, each state by pace; what has no readers is not there."""
    rows = session.execute(
        select(ReaderTally.state, ReaderTally.cadence, func.sum(ReaderTally.readers)).group_by(
            ReaderTally.state, ReaderTally.cadence
        )
    )
    return {(state, cadence): int(readers) for state, cadence, readers in rows if readers}


def compact_tally(session: Session) -> None:
    """Makes one row of the many that tell of one state and pace; the sums stay. May run while
    readers come and go: what they add meanwhile is left for the next time."""
    session.execute(_COMPACT)
