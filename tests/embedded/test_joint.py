"""Servers for single commands: shared while they overlap, stopped by the last one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from app.embedded import postgres
from app.embedded.instance import (
    Instance,
    announce,
    life_lock,
    running_instance,
    start_lock,
    withdraw,
)
from app.embedded.joint import JointServers, take_over

BOTH = frozenset({"DATABASE_URL", "REDIS_URL"})


def test_the_last_one_stops_what_the_first_one_started(data_dir: Path) -> None:
    first, second = (JointServers(data_dir, env=os.environ) for _ in range(2))
    addresses = first.join(BOTH)
    assert second.join(BOTH) == addresses
    assert isinstance(addresses, dict)
    first.leave()
    with psycopg.connect(addresses["DATABASE_URL"]) as connection:
        connection.execute("select 1")
    second.leave()
    assert postgres.running_pid(data_dir) is None
    with (
        redis.Redis.from_url(addresses["REDIS_URL"]) as client,
        pytest.raises(redis.ConnectionError),
    ):
        client.ping()
    assert not (data_dir / "servers.json").exists()


def test_one_that_was_killed_does_not_count(data_dir: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from app.embedded.joint import JointServers\n"
        f"JointServers(Path({str(data_dir)!r}), env=os.environ)"
        ".join(frozenset({'DATABASE_URL'}))\n"
        "print('joined', flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"joined\n"
        running = postgres.running_pid(data_dir)
        assert running is not None
        other.send_signal(signal.SIGKILL)
    survivor = JointServers(data_dir, env=os.environ)
    survivor.join(frozenset({"DATABASE_URL"}))
    assert postgres.running_pid(data_dir) == running
    survivor.leave()
    assert postgres.running_pid(data_dir) is None


def test_an_instance_that_came_up_is_used_instead(data_dir: Path) -> None:
    instance = Instance(pid=os.getpid(), address="http://127.0.0.1:1", mark="m", settings={})
    life = life_lock(data_dir)
    assert life.take()
    announce(data_dir, instance)
    assert JointServers(data_dir, env=os.environ).join(BOTH) == instance
    life.release()
    assert running_instance(data_dir) is None  # the note alone is not believed
    withdraw(data_dir)


def test_the_instance_stops_what_a_killed_command_left(data_dir: Path) -> None:
    command = JointServers(data_dir, env=os.environ)
    command.join(BOTH)
    command._users.release()  # as the kernel does when it is killed
    lock = start_lock(data_dir)
    take_over(data_dir, lock, env=os.environ)
    assert postgres.running_pid(data_dir) is None
    lock.release()
    command.leave()
