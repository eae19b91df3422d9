"""`nashra up` with real processes: it starts, heals, stops without a trace, and starts again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.config import REQUIRED
from app.embedded import postgres
from app.embedded.instance import noted_instance
from app.embedded.leftover import MARK
from app.embedded.ports import LOOPBACK, free_port
from app.embedded.process import command_of

READY = "Ctrl-C stops everything"


def environ(**changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in (*REQUIRED, "DATA_DIR", "BASE_URL")}
    return kept | changes


def eventually(condition: Callable[[], bool], *, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


class Up:
    """One `nashra up` and what it said."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self._output = data_dir.with_suffix(".output")
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "app.cli", "up", "--samples"),
                    *(f"--data={data_dir}", f"--port={port}"),
                ],
                env=environ(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        eventually(lambda: READY in self.said() or self.process.poll() is not None)
        assert READY in self.said(), self.said()

    def said(self) -> str:
        return self._output.read_text()

    def page(self) -> int:
        instance = noted_instance(self.data_dir)
        assert instance is not None
        with urllib.request.urlopen(instance.address, timeout=60) as answer:
            return int(answer.status)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def processes_of(data_dir: Path, word: str = "") -> list[int]:
    """Everything that this data folder's instances have started and that still runs."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            env = (folder / "environ").read_bytes()
        except OSError:
            continue
        pid = int(folder.name)
        if MARK.encode() in env and os.fsencode(data_dir) in env and word in command_of(pid):
            found.append(pid)
    return found


@pytest.fixture(scope="module")
def data_dir(register_of_instances: None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nashra-up-"))
    yield folder
    shutil.rmtree(folder)
    folder.with_suffix(".output").unlink(missing_ok=True)


@pytest.fixture
def up(data_dir: Path) -> Iterator[Callable[[int], Up]]:
    started: list[Up] = []

    def start(port: int) -> Up:
        started.append(Up(data_dir, port))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.stop()


def nashra(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=environ(**changes),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def nothing_left(data_dir: Path) -> bool:
    return not processes_of(data_dir) and postgres.running_pid(data_dir) is None


def test_it_runs_heals_and_stops_without_a_trace(up: Callable[[int], Up], data_dir: Path) -> None:
    one = up(free_port())
    assert one.page() == 200
    assert "15 articles, 6 topics" in one.said()
    login = re.search(r"login +(\S+)\n +password: (\S+), shown only now", one.said())
    assert login is not None
    logs = "".join(log.read_text() for log in (data_dir / "logs").glob("*.log"))
    assert login[2] not in logs

    second = nashra("up", "--data", str(data_dir))
    instance = noted_instance(data_dir)
    assert instance is not None
    assert second.returncode == 1
    assert f"pid {one.process.pid}, {instance.address}" in second.stderr

    listed = nashra("--data", str(data_dir), "campaign", "list", "--json")
    assert json.loads(listed.stdout) == {"campaigns": []}
    assert listed.stderr == ""
    made = nashra("campaign", "create", "--kind=announcement", "--subject=س", "--text=س", "--json")
    assert made.returncode == 0, made.stderr
    with psycopg.connect(instance.settings["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
        found = connection.execute("select id from campaign").fetchall()
    assert found == [(json.loads(made.stdout)["id"],)]  # found without naming the folder

    for word in ("gunicorn", "celery", "mailbox_server"):
        for pid in processes_of(data_dir, word):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: one.said().count("starts again") >= 4)
    eventually(lambda: bool(processes_of(data_dir, "celery")))
    assert one.page() == 200

    assert one.stop() == 0
    assert one.said().endswith("Stopped\n")
    assert nothing_left(data_dir)
    assert not (data_dir / "run.json").exists()


def test_a_second_start_finds_the_data_and_another_port(
    up: Callable[[int], Up], data_dir: Path
) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        one = up(port)
        assert f"port {port} is taken" in one.said()
        assert one.page() == 200
        assert "15 articles, 6 topics" in one.said()
        assert "as before" in one.said()
        assert "password:" not in one.said()
    instance = noted_instance(data_dir)
    assert instance is not None
    with psycopg.connect(instance.settings["DATABASE_URL"]) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)

    one.process.kill()  # nobody is left to stop the others; they notice
    one.process.wait(10)
    eventually(lambda: nothing_left(data_dir))

    again = up(free_port())
    assert f"an earlier run (pid {instance.pid}) did not stop in order" in again.said()
    assert again.page() == 200
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0
    assert nothing_left(data_dir)


@pytest.mark.parametrize("command", [["up"], ["campaign", "list", "--json"]])
def test_a_malformed_setting_is_one_line(tmp_path: Path, command: list[str]) -> None:
    refused = nashra("--data", str(tmp_path / "data"), *command, TIMEZONE="Beirut")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("nashra: TIMEZONE is malformed: it should be")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = nashra("up", "--data", str(tmp_path / "file" / "data"))
    assert refused.returncode == 2
    assert "cannot be used" in refused.stderr
    assert refused.stderr.count("\n") == 1
