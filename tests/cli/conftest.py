"""The command `nashra` in a deployment of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import nashra
from tests.databases import NewDatabase


class Operator:
    """Calls `nashra …` without a process of its own, which would take a second to begin."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings

    @property
    def database_url(self) -> str:
        return self._settings["DATABASE_URL"]

    def __call__(self, *arguments: str, typed: str = "", **changes: str) -> Result:
        return CliRunner().invoke(nashra, arguments, env=self._settings | changes, input=typed)


@pytest.fixture
def operator(new_database: NewDatabase, redis_url: str, tmp_path: Path) -> Iterator[Operator]:
    """Whoever gives the commands, in a deployment where nothing has happened yet."""
    with new_database() as url:
        yield Operator(
            {
                "DATABASE_URL": url,
                "REDIS_URL": redis_url,
                "SMTP_URL": "smtp://127.0.0.1:1",
                "SECRET_KEY": "a key for tests that is long enough",
                "DATA_DIR": str(tmp_path),
                "ALLOW_PRIVATE_FEEDS": "1",
            }
        )
