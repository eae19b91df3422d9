"""Fixtures for every test: settings on the real services, and a session whose work is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings, read_settings
from app.store.engine import make_engine
from app.usecases import manage_staff
from tests.databases import NewDatabase

pytest_plugins = ["tests.browser", "tests.order", "tests.services", "tests.skips"]

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
"""A Wednesday morning: the date that the sample page shows."""


@pytest.fixture(scope="session", autouse=True)
def hasher() -> Iterator[PasswordHasher]:
    """The program's own, whose every hash is meant to take a tenth of a second: in tests, which
    log in a thousand times, a quick one stands in its place."""
    earnest = manage_staff._HASHER
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(manage_staff, "_HASHER", quick)
        yield earnest


@pytest.fixture(scope="session")
def migrated_url(new_database: NewDatabase) -> Iterator[str]:
    """The test session's database, at the newest schema."""
    with new_database() as url:
        yield url


@pytest.fixture
def settings(migrated_url: str, redis_url: str, name_servers: str, tmp_path: Path) -> Settings:
    return read_settings(
        {
            "DATABASE_URL": migrated_url,
            "REDIS_URL": redis_url,
            "SMTP_URL": "smtp://127.0.0.1:1",
            "DNS_SERVERS": name_servers,
            "SECRET_KEY": "a key for tests that is long enough",
            "BASE_URL": "https://levant.example",
            "MAIL_FROM": "news@levant.example",
            "DATA_DIR": str(tmp_path),
            "CHECK_LINKS": "0",
            "CHECK_SPAM": "0",
        },
        allow_private_feeds=True,
    )


@pytest.fixture(scope="session")
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = make_engine(migrated_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session inside one outer transaction: commits become savepoints, all is rolled back."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        outer.rollback()


@pytest.fixture
def sessions(session: Session) -> sessionmaker[Session]:
    """For use cases that commit by themselves: sessions inside the same outer transaction.
    Commit `session` before using them."""
    return sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )


@pytest.fixture
def now() -> datetime:
    return NOW
