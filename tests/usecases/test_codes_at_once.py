"""One code sent to two processes at once opens the account in one of them, whichever code it is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from pyotp import TOTP
from sqlalchemy import Engine, delete

from app.config import Settings
from app.domain.staff import Role
from app.sealing import Seal
from app.store.engine import make_sessions
from app.store.tables import Staff
from app.usecases.second_step import (
    WrongCode,
    begin_setup,
    confirm_setup,
    take_code,
    waiting_secret,
)

PROCESSES = 4


@pytest.fixture
def codes(engine: Engine, settings: Settings, now: datetime) -> Iterator[tuple[int, str, str]]:
    """An account with its second step on, committed: its number, a code of the app that is good
    now, and a recovery code."""
    sessions, seal = make_sessions(engine), Seal(settings)
    with sessions.begin() as session:
        staff = Staff(
            email="a@codes.example",
            email_key="a@codes.example",
            password_hash="",
            role=Role.EDITOR,
            created_at=now,
        )
        session.add(staff)
        session.flush()
        begin_setup(session, seal, now=now, staff=staff)
        app = TOTP(waiting_secret(session, seal, staff=staff))
        first = app.at(now - timedelta(seconds=30))
        recovery, *_ = confirm_setup(session, seal, now=now, staff=staff, typed=first)
        number = staff.id
    yield number, app.at(now), recovery
    with sessions.begin() as session:
        session.execute(delete(Staff).where(Staff.id == number))


@pytest.mark.parametrize("which", [1, 2])
def test_a_code_opens_once_in_all_processes_together(
    engine: Engine, settings: Settings, now: datetime, codes: tuple[int, str, str], which: int
) -> None:
    sessions, seal, together = make_sessions(engine), Seal(settings), Barrier(PROCESSES)

    def try_it(_number: int) -> bool:
        with sessions.begin() as session:
            staff = session.get_one(Staff, codes[0])
            together.wait(30)
            try:
                take_code(session, seal, now=now, staff=staff, typed=str(codes[which]))
            except WrongCode:
                return False
        return True

    with ThreadPoolExecutor(PROCESSES) as pool:
        opened = list(pool.map(try_it, range(PROCESSES)))
    assert opened.count(True) == 1
