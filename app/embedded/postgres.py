"""PostgreSQL for a machine that has none: made once in the data folder, reached by a socket.

The server's own programs are run directly, so that it is a plain child that can be watched,
stopped in order and started again. It listens on no port; its socket stands in a folder that
only its user may enter, which is why it asks for no password.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from app.embedded.account import account_for, home_for, programs
from app.embedded.process import (
    Account,
    Child,
    EmbeddedError,
    Program,
    command_of,
    wait_until,
)

DATABASE = "nashra"
USER = "postgres"
VERSION = "18"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 100  # sun_path holds 107 bytes on Linux, 103 on macOS

_TUNING = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "min_wal_size": "128MB",
    "checkpoint_completion_target": "0.9",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "io_method": "worker",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m ",
}


class Postgres:
    """The server of one data folder."""

    name = "PostgreSQL"

    def __init__(self, data_dir: Path, *, env: Mapping[str, str], leashed: bool = True) -> None:
        self._data_dir = data_dir
        self._wanted = data_dir / "postgres"
        self._log = data_dir / "logs" / "postgres.log"
        self._leashed = leashed
        self._account: Account | None = account_for(self._wanted)
        self._home = home_for(self._wanted, self._account).resolve()
        self._bin = programs(self._account)
        self._env = {key: env[key] for key in ("PATH", "HOME") if key in env} | {"LC_ALL": "C"}
        self._data = self._home / VERSION
        self.fresh = not self._data.exists()
        self._sockets = self._home
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return database_url(self._sockets)

    def start(self) -> None:
        """Makes the data folder when it is missing, and starts the server. Raises
        `EmbeddedError`."""
        if self.fresh:
            self._make()
        clear_leftover(self._data_dir)
        self._choose_socket_folder()
        self.launch()
        self.wait_ready()

    def launch(self) -> Child:
        """Starts the process again on the same socket, without waiting for it."""
        options = {**_TUNING, "listen_addresses": "", "unix_socket_directories": str(self._sockets)}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.child = Child(
            Program(
                name=self.name,
                argv=[str(self._bin / "postgres"), "-D", str(self._data), *arguments],
                env=self._env,
                log=self._log,
                cwd=self._home,
                account=self._account,
                leashed=self._leashed,
                stop_signal=signal.SIGINT,  # "fast": sessions are ended, everything is written
                stop_seconds=20,
                last_signal=signal.SIGQUIT,
            )
        )
        return self.child

    def wait_ready(self) -> None:
        child = self.child
        assert child is not None
        wait_until(lambda: _is_ready(self._data, child.pid), child, seconds=60)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
        if self._sockets != self._home:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _make(self) -> None:
        """Makes the data beside its place and moves it there when it is whole, so that a first
        start that is cut short leaves nothing that looks like data."""
        part = self._home / f"{VERSION}.part"
        shutil.rmtree(part, ignore_errors=True)
        self._run(
            "initdb",
            f"--pgdata={part}",
            f"--username={USER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        )
        create = f"create database {DATABASE};\n".encode()
        self._run("postgres", "--single", "-D", str(part), USER, stdin=create)
        part.rename(self._data)

    def _run(self, program: str, *arguments: str, stdin: bytes = b"") -> None:
        account = self._account
        done = subprocess.run(  # noqa: S603 - our own arguments
            [str(self._bin / program), *arguments],
            env=self._env,
            cwd=self._home,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            input=stdin,
            start_new_session=True,
            check=False,
        )
        if done.returncode != 0:
            said = done.stdout.decode(errors="replace").strip().splitlines()[-1:]
            raise EmbeddedError(f"PostgreSQL could not make its data: {' '.join(said)}")

    def _choose_socket_folder(self) -> None:
        if len(os.fsencode(self._home / _SOCKET)) <= _SOCKET_PATH_LIMIT:
            return
        self._sockets = Path(tempfile.mkdtemp(prefix="nashra-"))
        if self._account is not None:
            os.chown(self._sockets, self._account.uid, self._account.gid)


def database_url(sockets: Path) -> str:
    return f"postgresql://{USER}@/{DATABASE}?host={quote(str(sockets), safe='')}"


def _postmaster(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_ready(data: Path, pid: int) -> bool:
    """As pg_ctl tells it: the eighth line of postmaster.pid says `ready`."""
    lines = _postmaster(data)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _data(data_dir: Path) -> Path:
    return (data_dir / "postgres").resolve() / VERSION


def running_pid(data_dir: Path) -> int | None:
    """The pid of a server that runs on this data folder, whoever started it. A number that by
    now belongs to something else does not count, be it another PostgreSQL."""
    lines = _postmaster(_data(data_dir))
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if f" {_data(data_dir)} " in command_of(pid) else None


def stop_running(data_dir: Path, *, seconds: float = 20) -> None:
    """Stops a server that another process started, and waits until it has gone."""
    pid = running_pid(data_dir)
    if pid is None:
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if running_pid(data_dir) is None:
                return
            time.sleep(0.02)
    raise EmbeddedError(f"an earlier PostgreSQL (pid {pid}) on {data_dir} does not stop.")


def clear_leftover(data_dir: Path) -> None:
    """Clears away what a crash left: a server without a master, or a note of one that is gone,
    which PostgreSQL would believe when its number has been given to another process."""
    stop_running(data_dir)
    (_data(data_dir) / "postmaster.pid").unlink(missing_ok=True)
