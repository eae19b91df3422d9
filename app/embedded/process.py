"""One child process: how it is started so that it never outlives its purpose, and how it ends.

A child gets its own session, so that Ctrl-C in the terminal reaches only `nashra up`, which
then ends everything in order. On Linux a leashed child is also told by the kernel when its
parent dies, however that happened.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class EmbeddedError(Exception):
    """A server of our own cannot be started. Its text is one line, fit for a terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The system user that a program runs as, where that is not the one who started Nashra."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What to run. `stop_signal` asks it to end, `stop_seconds` is how long it may take;
    `handles` are open files that it inherits under the same numbers."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    log: Path
    cwd: Path
    stdin: bytes = field(default=b"", repr=False)
    handles: Sequence[int] = ()
    account: Account | None = None
    leashed: bool = True
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    last_signal: signal.Signals = signal.SIGKILL


def _leash(parent: int, on_death: int) -> Callable[[], None]:
    """What the child runs before its program: it asks to be signalled when the parent dies."""

    def ask() -> None:
        assert _LIBC is not None
        _LIBC.prctl(_PR_SET_PDEATHSIG, on_death, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


class Child:
    """A running program in a process group of its own."""

    def __init__(self, program: Program) -> None:
        """Starts it. Raises `EmbeddedError` when it cannot be run at all."""
        self.program = program
        leashed = program.leashed and _LIBC is not None
        account = program.account
        try:
            with program.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - argv is our own
                    list(program.argv),
                    env=dict(program.env),
                    cwd=program.cwd,
                    stdin=subprocess.PIPE if program.stdin else subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=tuple(program.handles),
                    user=account.uid if account else None,
                    group=account.gid if account else None,
                    extra_groups=[] if account else None,
                    preexec_fn=(  # noqa: PLW1509 - plain system calls only, safe beside threads
                        _leash(os.getpid(), program.stop_signal) if leashed else None
                    ),
                )
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedError(f"{program.name} cannot be started: {error}") from error
        self._feed(program.stdin)

    def _feed(self, text: bytes) -> None:
        if self._process.stdin is None:
            return
        try:
            with self._process.stdin as pipe:
                pipe.write(text)
        except BrokenPipeError:
            return  # it has ended already; the caller's wait finds out why

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> int | None:
        """The exit status, None while it runs; negative for the number of a signal."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        if self.ended() is None:
            self._process.send_signal(self.program.stop_signal)

    def wait(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def let_go(self) -> None:
        """It is no longer ours to wait for: it has been stopped, or others go on using it."""
        if not self.wait(0.2):
            self._process.returncode = 0  # so that nobody is warned of a child left running

    def stop(self, *, patience: float | None = None) -> bool:
        """Asks, waits, then insists. True when it went on being asked. Its whole process group
        is gone afterwards, so that a pool process never stays behind."""
        self.ask_to_stop()
        gentle = self.wait(self.program.stop_seconds if patience is None else patience)
        if not gentle:
            self._process.send_signal(self.program.last_signal)
            if not self.wait(5):
                self._process.kill()
                self._process.wait()
        end_group(self.pid)
        return gentle


def end_group(leader: int) -> None:
    """Ends what is left of a process group whose leader has ended."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def wait_until(
    ready: Callable[[], bool], child: Child, *, seconds: float, pause: float = 0.01
) -> None:
    """Waits for a child to be ready. Raises `EmbeddedError` with the end of its log when it
    ends first or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.ended() is not None:
            raise EmbeddedError(f"{child.program.name} did not start: {last_words(child.program)}")
        if time.monotonic() > deadline:
            child.stop(patience=2)
            raise EmbeddedError(
                f"{child.program.name} was not ready after {seconds:.0f} s: "
                f"{last_words(child.program)}"
            )
        time.sleep(pause)


def last_words(program: Program) -> str:
    """The last line that a program wrote, and where the rest of it is."""
    try:
        lines = program.log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    said = lines[-1].strip()[:300] if lines else "it wrote nothing"
    return f"{said} (all of it in {program.log})"


def command_of(pid: int) -> str:
    """The command line of a process, its words divided by spaces; empty when there is none."""
    if _LIBC is not None:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return words.replace(b"\0", b" ").decode(errors="replace").strip()
    shown = subprocess.run(  # noqa: S603 - a number is all that varies
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
    )
    return shown.stdout.strip()
