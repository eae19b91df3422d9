"""Faults with real processes: each is a function of the rig, the sink and a random source.

A fault returns how many messages may be repeated because of it: a killed process may leave as
many unanswered as it has connections, anything else none.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
from redis import Redis

from tests.rig import Rig
from tests.sink.handle import SinkProcess

CONNECTIONS = 3
PROCESSES = 2


@dataclass(kw_only=True)
class Scene:
    """What a fault works on."""

    rig: Rig
    sink: SinkProcess
    chance: random.Random


Fault = Callable[[Scene], int]


def kill_worker(scene: Scene) -> int:
    """SIGKILL to a whole worker; another is started in its place."""
    scene.rig.kill(scene.rig.workers[0])
    scene.rig.start_worker(PROCESSES)
    return PROCESSES * CONNECTIONS


def kill_pool_process(scene: Scene) -> int:
    """SIGKILL to one process of the pool, as the kernel does when memory is short."""
    children = psutil.Process(scene.rig.workers[0].pid).children()
    if not children:
        return 0
    with suppress(psutil.NoSuchProcess):
        scene.chance.choice(children).kill()
    return CONNECTIONS


def stop_worker(scene: Scene) -> int:
    """SIGTERM: the worker ends in order within 30 seconds, and nothing is repeated."""
    worker = scene.rig.workers[0]
    worker.terminate()
    worker.wait(30)
    scene.rig.workers.remove(worker)
    scene.rig.start_worker(PROCESSES)
    return 0


def freeze_worker(scene: Scene) -> int:
    """SIGSTOP past the lease, then SIGCONT: a message in the sockets may be sent again."""
    group = os.getpgid(scene.rig.workers[0].pid)
    os.killpg(group, signal.SIGSTOP)
    time.sleep(scene.rig.settings.lease_seconds + 1)
    os.killpg(group, signal.SIGCONT)
    return PROCESSES * CONNECTIONS


def flush_redis(scene: Scene) -> int:
    """FLUSHALL: every hint is gone."""
    Redis.from_url(scene.rig.redis.url).flushall()
    return 0


def restart_postgres(scene: Scene) -> int:
    """An immediate shutdown of PostgreSQL, in the middle of whatever it does, and a new start.
    Results that were not recorded are in the journals."""
    server = scene.rig.postgres
    assert server.child is not None
    os.kill(server.child.pid, signal.SIGQUIT)
    server.child.wait(20)
    server.launch()
    server.wait_ready()
    return 0


def busy_relay(scene: Scene) -> int:
    """Half a second of 451 for every message."""
    scene.sink.behave(end=451)
    time.sleep(0.5)
    scene.sink.behave()
    return 0


def deaf_relay(scene: Scene) -> int:
    """Nobody listens for a second, and open connections are cut."""
    scene.sink.behave(unplug=True)
    time.sleep(1)
    scene.sink.behave()
    return PROCESSES * CONNECTIONS


def short_connections(scene: Scene) -> int:
    """421 after every 20 messages of a connection, for a second."""
    scene.sink.behave(limit=20)
    time.sleep(1)
    scene.sink.behave()
    return 0


def cut_after_dot(scene: Scene) -> int:
    """Ten messages are accepted and their connections cut before the answer."""
    scene.sink.behave(drop=10)
    time.sleep(0.5)
    scene.sink.behave()
    return 10


def cut_before_acceptance(scene: Scene) -> int:
    """Ten messages are cut off after the dot and not accepted."""
    scene.sink.behave(lose=10)
    time.sleep(0.5)
    scene.sink.behave()
    return 0


KILLS: tuple[Fault, ...] = (kill_worker, kill_pool_process)
EVERY_FAULT: tuple[Fault, ...] = (
    kill_worker,
    kill_pool_process,
    stop_worker,
    flush_redis,
    restart_postgres,
    busy_relay,
    deaf_relay,
    short_connections,
    cut_after_dot,
    cut_before_acceptance,
    freeze_worker,
)
