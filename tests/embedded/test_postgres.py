"""PostgreSQL of our own: its data lasts, and what a crash leaves does not stop the next start."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.embedded import postgres
from app.embedded.postgres import Postgres


@pytest.fixture
def started(data_dir: Path) -> Iterator[Callable[[], Postgres]]:
    servers = []

    def start() -> Postgres:
        server = Postgres(data_dir, env=os.environ)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def test_data_lasts_and_nothing_is_left_running(
    started: Callable[[], Postgres], data_dir: Path
) -> None:
    server = started()
    assert server.fresh
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    server.stop()
    assert postgres.running_pid(data_dir) is None
    again = started()
    assert not again.fresh
    assert ask(again, "select n from kept") == 7


def test_what_is_promised_about_safety_and_text(started: Callable[[], Postgres]) -> None:
    server = started()
    assert ask(server, "show fsync") == "on"
    assert ask(server, "show listen_addresses") == ""
    assert ask(server, "show server_encoding") == "UTF8"
    assert ask(server, "select lower('ÉCOLE')") == "école"


def test_a_start_after_a_crash_keeps_what_was_committed(
    started: Callable[[], Postgres],
) -> None:
    server = started()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    assert server.child is not None
    os.kill(server.child.pid, signal.SIGKILL)
    server.child.wait(10)
    assert ask(started(), "select n from kept") == 7


def test_a_note_that_names_somebody_else_is_not_believed(
    started: Callable[[], Postgres], data_dir: Path
) -> None:
    started().stop()
    note = data_dir / "postgres" / postgres.VERSION / "postmaster.pid"
    note.write_text(f"{os.getppid()}\n{note.parent}\n1\n5432\n\n\n\n\n")
    assert postgres.running_pid(data_dir) is None
    assert ask(started(), "select 1") == 1


def test_a_server_left_over_is_stopped_first(started: Callable[[], Postgres]) -> None:
    first = started()
    second = started()
    assert first.child is not None
    assert first.child.ended() is not None
    assert ask(second, "select 1") == 1


def test_a_long_path_does_not_matter(data_dir: Path) -> None:
    deep = data_dir / ("d" * 110)
    (deep / "logs").mkdir(parents=True)
    for folder in (data_dir, deep):
        folder.chmod(0o711)
    server = Postgres(deep, env=os.environ)
    server.start()
    try:
        assert ask(server, "select 1") == 1
    finally:
        server.stop()
