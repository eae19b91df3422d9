"""Servers for single commands while no `nashra up` runs: the first command starts them, others
that overlap share them, the last one stops them.

Everybody who uses them holds `users.lock` together with the others, so the kernel counts, and
counts right also when one is killed. Starting and stopping happens under `start.lock`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from app.embedded import postgres, redis
from app.embedded.instance import Instance, running_instance, start_lock, write_private
from app.embedded.lock import FileLock
from app.embedded.postgres import Postgres
from app.embedded.process import Child, EmbeddedError
from app.embedded.redis import Redis

_SERVERS: Mapping[str, type[Postgres | Redis]] = {"DATABASE_URL": Postgres, "REDIS_URL": Redis}
_PATIENCE = 60.0


class JointServers:
    """One command's share in the servers of a data folder."""

    def __init__(self, data_dir: Path, *, env: Mapping[str, str]) -> None:
        self._data_dir = data_dir
        self._env = env
        self._note = data_dir / "servers.json"
        self._users = FileLock(data_dir / "users.lock")
        self._joined = False
        self._children: list[Child] = []

    def join(self, wanted: frozenset[str]) -> Instance | dict[str, str]:
        """The addresses of the wanted servers, by the names of their settings; or the instance
        that has come up meanwhile. Raises `EmbeddedError`."""
        lock = start_lock(self._data_dir)
        if not lock.take(seconds=_PATIENCE):
            raise EmbeddedError(f"another start on {self._data_dir} has not ended: try again.")
        try:
            instance = running_instance(self._data_dir)
            if instance is not None:
                return instance
            self._users.take(shared=True, seconds=_PATIENCE)
            self._joined = True
            addresses = {name: self._address(name) for name in sorted(wanted)}
        finally:
            lock.release()
        return addresses

    def _address(self, name: str) -> str:
        noted = self._noted()
        address = noted.get(name)
        if address is None or not _answers(name, address, self._data_dir):
            server = _SERVERS[name](self._data_dir, env=self._env, leashed=False)
            server.start()
            if server.child is not None:
                self._children.append(server.child)
            address = server.url
            write_private(self._note, json.dumps({**noted, name: address}))
        return address

    def leave(self) -> None:
        """Stops the servers when nobody else uses them. May be repeated."""
        if not self._joined:
            return
        self._joined = False
        lock = start_lock(self._data_dir)
        lock.take(seconds=_PATIENCE)
        self._users.release()
        if self._users.take():
            self.stop_all()
        self._users.release()
        lock.release()
        for child in self._children:
            child.let_go()

    def stop_all(self) -> None:
        """Stops whatever the note names. Only under `start.lock`, and with no users left."""
        noted = self._noted()
        if "REDIS_URL" in noted:
            redis.stop_running(noted["REDIS_URL"])
        if "DATABASE_URL" in noted:
            postgres.stop_running(self._data_dir)
        self._note.unlink(missing_ok=True)

    def _noted(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            return {str(k): str(v) for k, v in json.loads(self._note.read_text()).items()}
        return {}


def take_over(data_dir: Path, lock: FileLock, *, env: Mapping[str, str]) -> None:
    """Takes the start lock once no command uses servers of its own, and stops what they left.

    Raises `EmbeddedError` when a command goes on for more than a minute.
    """
    deadline = time.monotonic() + _PATIENCE
    users = FileLock(data_dir / "users.lock")
    while True:
        if lock.take(seconds=_PATIENCE) and users.take():
            break
        lock.release()  # the command that is leaving needs it
        if time.monotonic() > deadline:
            raise EmbeddedError(f"another command still works on {data_dir}: try again later.")
        time.sleep(0.1)
    JointServers(data_dir, env=env).stop_all()
    users.release()


def _answers(name: str, address: str, data_dir: Path) -> bool:
    if name == "DATABASE_URL":
        return postgres.running_pid(data_dir) is not None
    parts = urlsplit(address)
    return redis.answers(parts.port or 0, parts.password or "")
