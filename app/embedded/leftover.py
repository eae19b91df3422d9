"""Processes of an instance that was killed: waited for, then ended.

Every process of an instance carries its mark in the environment. The kernel has told them that
their parent died, so mostly they are on their way out already.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "NASHRA_MARK"
_PROCESSES = Path("/proc")  # elsewhere nothing is found, and each server's own lock must do


def end_leftovers(mark: str, *, seconds: float = 10.0) -> int:
    """Returns when no process with this mark is left; the number of those found at first."""
    first = _marked(mark)
    deadline = time.monotonic() + seconds
    while (found := _marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in found:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return len(first)


def _marked(mark: str) -> list[int]:
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in _PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found
