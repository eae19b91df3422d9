"""Starts and stops the mailbox server; the server itself is `app.embedded.mailbox_server`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from app.config import PROJECT_ROOT
from app.embedded.ports import LOOPBACK, answers, free_port
from app.embedded.process import Child, EmbeddedError, Program, wait_until

_ATTEMPTS = 5


class Mailbox:
    """The mail server of one data folder; its messages are a Maildir there. What comes back goes
    to BOUNCE_LISTEN of `env`, where that is set."""

    name = "the mailbox"

    def __init__(self, data_dir: Path, *, env: Mapping[str, str], leashed: bool = True) -> None:
        self._folder = data_dir / "mailbox"
        self._log = data_dir / "logs" / "mailbox.log"
        self._env = env
        self._leashed = leashed
        self._port = 0
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Raises `EmbeddedError`. A port that another program took meanwhile is given up for
        the next one."""
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
        self.child = Child(
            Program(
                name=self.name,
                argv=[
                    sys.executable,
                    "-m",
                    "app.embedded.mailbox_server",
                    str(self._port),
                    str(self._folder),
                    self._env.get("BOUNCE_LISTEN", ""),
                ],
                env=self._env,
                log=self._log,
                cwd=PROJECT_ROOT,
                leashed=self._leashed,
                stop_seconds=5,
            )
        )
        return self.child

    def wait_ready(self) -> None:
        assert self.child is not None
        wait_until(lambda: answers(self._port), self.child, seconds=20, pause=0.02)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
