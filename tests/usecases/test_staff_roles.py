"""One owner always stays, also when two close each other at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.domain.staff import Role
from app.store.tables import Staff
from app.usecases.staff_roles import LastOwner, change_role, close_account


@pytest.fixture
def owners(engine: Engine, now: datetime) -> Iterator[list[int]]:
    """Two, committed, so that two connections see them."""
    with Session(engine) as session, session.begin():
        made = [
            Staff(
                email=f"{name}@roles.example",
                email_key=f"{name}@roles.example",
                password_hash="hash",
                role=Role.OWNER,
                created_at=now,
            )
            for name in ("a", "b")
        ]
        session.add_all(made)
        session.flush()
        ids = [one.id for one in made]
    yield ids
    with Session(engine) as session, session.begin():
        session.execute(delete(Staff).where(Staff.id.in_(ids)))


def waits(engine: Engine) -> bool:
    """Whether a connection waits for a row that another has locked."""
    asked = text("select exists (select from pg_stat_activity where wait_event_type = 'Lock')")
    with engine.connect() as connection:
        return bool(connection.scalar(asked))


def test_of_two_who_close_each_other_at_once_one_stays(engine: Engine, owners: list[int]) -> None:
    first, second = owners

    def close_the_first() -> None:
        with Session(engine) as session, session.begin():
            close_account(session, staff_id=first)

    with ThreadPoolExecutor(1) as pool, Session(engine) as session:
        close_account(session, staff_id=second)
        other = pool.submit(close_the_first)
        while not waits(engine):
            assert not other.done()
        session.commit()
        with pytest.raises(LastOwner):
            other.result()
    with Session(engine) as session:
        left = session.scalars(select(Staff.id).where(Staff.id.in_(owners), Staff.active)).all()
        assert left == [first]


def test_who_is_gone_cannot_be_changed(session: Session) -> None:
    with pytest.raises(NoResultFound):
        change_role(session, staff_id=999_999, role=Role.EDITOR)
