from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.domain.subscription import Cadence, SubscriberState
from app.store.reader_counts import (
    compact_tally,
    readers_by_state,
    readers_by_state_and_cadence,
)
from app.store.tables import ReaderTally, Subscriber
from tests.usecases.readers import add_reader

ACTIVE, GONE = SubscriberState.ACTIVE, SubscriberState.UNSUBSCRIBED


def counted(session: Session) -> dict[tuple[SubscriberState, Cadence], int]:
    rows = session.execute(
        select(Subscriber.state, Subscriber.cadence, func.count()).group_by(
            Subscriber.state, Subscriber.cadence
        )
    )
    return {(state, cadence): int(number) for state, cadence, number in rows}


def test_the_tally_is_what_counting_would_tell(session: Session, now: datetime) -> None:
    for number in range(4):
        add_reader(session, now, f"r{number}@example.org", topic_mask=number)
    session.execute(text("update subscriber set cadence = 'weekly' where topic_mask > 1"))
    session.execute(text("update subscriber set state = 'unsubscribed' where topic_mask = 3"))
    session.execute(text("update subscriber set language = 'en'"))
    session.execute(text("delete from subscriber where topic_mask = 0"))
    told = readers_by_state_and_cadence(session)
    assert told == counted(session)
    assert told[GONE, Cadence.WEEKLY] == 1
    before = readers_by_state(session)
    compact_tally(session)
    assert readers_by_state(session) == before
    rows = session.scalar(select(func.count()).select_from(ReaderTally))
    assert rows == len(told)


def test_readers_who_act_at_one_moment_do_not_wait_for_each_other(engine: Engine) -> None:
    add = text("""
        insert into subscriber (email, email_key, state, cadence, topic_mask, timezone, language,
                                created_at)
        values (:email, :email, 'active', 'daily', 0, '', 'ar', now())
    """)
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            connection.execute(text("set local lock_timeout = '2s'"))
        one.execute(add, {"email": "one@example.org"})
        other.execute(add, {"email": "other@example.org"})
        with Session(other) as session:
            compact_tally(session)  # leaves what the first one has not committed
            one.rollback()
            session.rollback()


def test_emptying_the_table_empties_the_tally(session: Session, now: datetime) -> None:
    add_reader(session, now)
    session.execute(text("truncate subscriber cascade"))
    assert sum(readers_by_state(session).values()) == 0
