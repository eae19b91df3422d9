"""Children: none outlives the one who started it, and stopping reaches their children too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.embedded.process import Child, EmbeddedError, Program, command_of, wait_until
from app.embedded.supervisor import Supervisor

SLEEPER = "import time; time.sleep(600)"


def program(folder: Path, code: str, **changes: object) -> Program:
    given: dict[str, object] = {
        "name": "child",
        "argv": [sys.executable, "-c", code],
        "env": os.environ,
        "log": folder / "child.log",
        "cwd": folder,
    }
    return Program(**(given | changes))  # type: ignore[arg-type]


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_stopping_ends_the_whole_group(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        f"grandchild = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
        "print(grandchild.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    child = Child(program(tmp_path, code))
    log = tmp_path / "child.log"
    assert eventually(lambda: log.read_text().endswith("\n"))
    assert child.stop(patience=10)
    grandchild = int(log.read_text())
    assert eventually(lambda: command_of(grandchild) == "")


def test_one_that_does_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\n"
        "time.sleep(600)\n"
    )
    child = Child(program(tmp_path, code))
    assert eventually(lambda: "deaf" in (tmp_path / "child.log").read_text())
    assert not child.stop(patience=0.1)
    assert child.ended() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_parent_takes_its_children_along(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from app.embedded.process import Child, Program\n"
        "import os\n"
        f"child = Child(Program(name='x', argv=[sys.executable, '-c', {SLEEPER!r}],\n"
        f"    env=os.environ, log=Path({str(tmp_path / 'log')!r}), cwd=Path('/')))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert SLEEPER in command_of(pid)
        parent.kill()
    assert eventually(lambda: command_of(pid) == "")


def test_one_that_ends_early_says_why(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "raise SystemExit('no such folder')"))
    with pytest.raises(EmbeddedError, match=r"child did not start: no such folder .*child\.log"):
        wait_until(lambda: False, child, seconds=20)


def test_a_program_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="child cannot be started"):
        Child(program(tmp_path, "", argv=[str(tmp_path / "missing")]))


def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    supervisor.new_stage()
    first = supervisor.add(lambda: Child(program(tmp_path, SLEEPER)))
    os.kill(first.pid, signal.SIGKILL)

    def again() -> bool:
        supervisor.check()
        return supervisor.members()[0].pid != first.pid

    assert eventually(again)
    assert said == ["child ended with signal 9; it starts again in 0.5 s"]
    (second,) = supervisor.members()
    supervisor.stop(lambda: False)
    assert second.ended() == -signal.SIGTERM


def test_one_that_keeps_dying_ends_everything(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _line: None)
    supervisor.new_stage()
    supervisor.add(lambda: Child(program(tmp_path, "raise SystemExit('broken')")))

    def check_until_refused() -> bool:
        supervisor.check(bearable=1)
        return False

    with pytest.raises(EmbeddedError, match="child keeps ending: broken"):
        eventually(check_until_refused)
    supervisor.stop(lambda: False)


def test_those_started_last_are_stopped_first(tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(ends)!r}, 'a').write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)\n"
    )
    supervisor = Supervisor(lambda _line: None)
    for name in "abc":
        supervisor.new_stage()
        made = program(
            tmp_path, "", argv=[sys.executable, "-c", code, name], log=tmp_path / f"{name}.log"
        )
        supervisor.add(lambda made=made: Child(made))
    assert eventually(lambda: all((tmp_path / f"{n}.log").read_text() for n in "abc"))
    supervisor.stop(lambda: False)
    assert ends.read_text() == "cba"
