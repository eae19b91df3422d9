"""The processes that make up a running Nashra beside its servers: web, workers, clock, the door
for bounces, and the preparation that runs once at each start. What `Procfile` names for a
deployment, on one machine.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.config import PROJECT_ROOT
from app.embedded.process import Program

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat must not wait for a disk
_FINISH_GROUP = 30.0
"""Seconds that a worker may take to end: longer than the sending of one group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """`env` holds the settings of all processes."""

    data_dir: Path
    env: Mapping[str, str] = field(repr=False)

    def web(self, listener: int) -> Program:
        """gunicorn on a socket that listens already, so that a restart refuses nobody."""
        beat = ["--worker-tmp-dir", str(_SHARED_MEMORY)] if _SHARED_MEMORY.is_dir() else []
        return self._program(
            "web",
            "gunicorn",
            *("--bind", f"fd://{listener}", "--worker-class", "gthread"),
            *("--workers", "2" if _cores() > 2 else "1", "--threads", "8"),
            *("--graceful-timeout", "10", "--timeout", "60", "--no-control-socket", *beat),
            "app.web.factory:create_app()",
            handles=(listener,),
            stop_seconds=15.0,
        )

    def worker(self) -> Program:
        """Bulk mail and content: everything that may take long."""
        pool = ("-c", str(max(2, min(4, _cores()))))
        return self._celery("worker", "-Q", "bulk,content", "-n", "bulk@%h", *pool)

    def transactional(self) -> Program:
        """Mail that somebody waits for, in a process that nothing else can keep busy."""
        return self._celery(
            "transactional", "-Q", "transactional", "-n", "transactional@%h", "-P", "solo"
        )

    def _celery(self, name: str, *options: str) -> Program:
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO")
        return self._program(
            name,
            *("celery", "-A", "worker.celery", "worker", *options, *quiet),
            stop_seconds=_FINISH_GROUP,
            last_signal=signal.SIGQUIT,
        )

    def clock(self) -> Program:
        return self._program("clock", "app.cli", "clock")

    def bounces(self, listener: int | None) -> Program:
        """Takes in the mails that come back, on a socket that listens already if there is one."""
        given = () if listener is None else (listener,)
        options = [f"--fd={handle}" for handle in given]
        return self._program(
            "bounces",
            *("app.cli", "bounces", "serve", *options),
            handles=given,
            stop_seconds=5.0,
        )

    def prepare(self, report: int, feed_url: str) -> Program:
        """Migrations, then sample data when `feed_url` is not empty; says on the handle
        `report` what it has done."""
        return self._program("prepare", "app.cli.prepare", str(report), feed_url, handles=(report,))

    def _program(
        self,
        name: str,
        *arguments: str,
        handles: tuple[int, ...] = (),
        stop_seconds: float = 10.0,
        last_signal: signal.Signals = signal.SIGKILL,
    ) -> Program:
        return Program(
            name=name,
            argv=[sys.executable, "-m", *arguments],
            env=self.env,
            log=self.data_dir / "logs" / f"{name}.log",
            cwd=PROJECT_ROOT,
            handles=handles,
            stop_seconds=stop_seconds,
            last_signal=last_signal,
        )


def _cores() -> int:
    return os.cpu_count() or 1
