"""Locks on files of the data folder, kept by the kernel: whoever dies lets go."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """One handle on a lock file; shared by many or held by one alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Tries until `seconds` have passed. False when somebody else holds it."""
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self._handle, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.02)
            else:
                return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_held(path: Path) -> bool:
    """Whether somebody holds this lock for himself alone."""
    if not path.exists():
        return False
    probe = FileLock(path)
    try:
        return not probe.take(shared=True)
    except PermissionError:  # another user's: we cannot know, and have no business there
        return False
    finally:
        probe.release()
