"""Starts the sink as a process of its own and talks to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


class SinkProcess:
    """A running sink; `log` is the file of accepted Message-IDs, one a line, if asked for."""

    def __init__(
        self, *, port: int = 0, log: Path | None = None, delay: float = 0.0, pipelining: bool = True
    ) -> None:
        self.log = log
        command = [sys.executable, "-m", "tests.sink.server", str(port), "--delay", str(delay)]
        command += ["--log", str(log)] if log else []
        command += [] if pipelining else ["--no-pipelining"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.port: int = self._hear()["port"]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def behave(self, **faults: Any) -> dict[str, Any]:
        """From now on these faults (see `Faults`) and no others; returns the figures so far.

        When this returns the change is in force."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(faults).encode() + b"\n")
        self._process.stdin.flush()
        return self._hear()

    def accepted(self) -> list[str]:
        """The Message-IDs accepted so far, in order, repeats included."""
        assert self.log is not None
        return self.log.read_text().splitlines() if self.log.exists() else []

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sink has ended")
        said: dict[str, Any] = json.loads(line)
        return said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
