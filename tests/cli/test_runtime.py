"""Where a command finds its settings: the environment, a running instance, servers of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli.runtime import command_settings
from app.config import REQUIRED, Settings
from app.embedded import postgres
from app.embedded.instance import Instance, announce, life_lock, register
from app.embedded.lock import FileLock

GIVEN = {
    "DATABASE_URL": "postgresql://reader@database.example/nashra",
    "REDIS_URL": "redis://broker.example/0",
    "SMTP_URL": "smtp://mail.example",
    "SECRET_KEY": "a key for tests that is long enough",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*REQUIRED, "DATA_DIR", "TIMEZONE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def instance(register_of_instances: None, tmp_path: Path) -> Iterator[Path]:
    """The data folder of an instance that seems to run."""
    settings = {**GIVEN, "TIMEZONE": "Africa/Cairo", "DATA_DIR": str(tmp_path)}
    announced = Instance(pid=os.getpid(), address="http://127.0.0.1:1", mark="", settings=settings)
    life: FileLock = life_lock(tmp_path)
    assert life.take()
    announce(tmp_path, announced)
    yield tmp_path
    life.release()


def found(data: Path | None = None, *, embed: bool = False) -> Settings:
    with (
        click.Context(click.Command("nashra"), obj=str(data) if data else None) as ctx,
        command_settings(ctx, embed=embed) as settings,
    ):
        return settings


def test_the_environment_is_enough(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in GIVEN.items():
        environment.setenv(name, text)
    environment.setenv("LANGUAGE", "en_US:en")  # as many desktops have it, for other programs
    settings = found(tmp_path / "data")
    assert settings.language == "ar"
    assert settings.redis_url == GIVEN["REDIS_URL"]
    assert settings.data_dir == tmp_path / "data"
    assert not settings.data_dir.exists()


def test_the_named_instance_fills_what_the_environment_leaves_open(
    environment: pytest.MonkeyPatch, instance: Path
) -> None:
    environment.setenv("REDIS_URL", "redis://mine.example/3")
    settings = found(instance)
    assert settings.redis_url == "redis://mine.example/3"
    assert settings.smtp_url == GIVEN["SMTP_URL"]
    assert settings.timezone == "Africa/Cairo"
    environment.setenv("DATA_DIR", str(instance))
    assert found().redis_url == "redis://mine.example/3"


def test_the_latest_instance_is_found_without_being_named(
    environment: pytest.MonkeyPatch, instance: Path
) -> None:
    register(instance)
    assert found().data_dir == instance


def test_a_note_of_one_that_has_ended_is_not_believed(
    environment: pytest.MonkeyPatch, instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = life_lock(instance)
    assert not held.take()
    held.release()
    (instance / "up.lock").unlink()  # as if nobody held it
    with pytest.raises(SystemExit) as ended:
        found(instance)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nashra: DATABASE_URL is not set")


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("postgresql://reader:hunter2@127.0.0.1:1/nashra", "the database cannot be used: "),
        ("", "run `nashra db upgrade`"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    postgres_url: str, tmp_path: Path, database: str, said: str
) -> None:
    address = database or postgres_url
    refused = subprocess.run(
        [sys.executable, "-m", "app.cli", "--data", str(tmp_path), "campaign", "list", "--json"],
        env={**os.environ, **GIVEN, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "hunter2" not in refused.stderr


def test_commands_that_overlap_share_servers_and_leave_none(data_dir: Path) -> None:
    environ = {k: v for k, v in os.environ.items() if k not in (*REQUIRED, "DATA_DIR")}
    command = [sys.executable, "-m", "app.cli", "--data", str(data_dir), "db", "upgrade"]
    running = [
        subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120) for process in running]
    assert said == [("The database is up to date.\n", "")] * 3
    assert postgres.running_pid(data_dir) is None
    assert not (data_dir / "servers.json").exists()
