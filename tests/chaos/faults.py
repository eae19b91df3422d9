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
from datetime import UTC, datetime

import psutil
from redis import Redis

from app.domain.campaign import CampaignConflict
from app.links import ReaderToken
from app.usecases.consent import Origin
from app.usecases.manage_campaigns import cancel_campaign, pause_campaign, resume_campaign
from app.usecases.manage_subscription import unsubscribe
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
    campaign: int


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


def lose_machine(scene: Scene) -> int:
    """A machine is gone with its journals: its workers are killed and do not come back."""
    scene.rig.kill(scene.rig.workers[0])
    return PROCESSES * (scene.rig.settings.group_size + CONNECTIONS)


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


def restart_redis(scene: Scene) -> int:
    """Redis is killed, is away for a second, and comes back with nothing in it."""
    server = scene.rig.redis
    assert server.child is not None
    os.kill(server.child.pid, signal.SIGKILL)
    server.child.wait(20)
    time.sleep(1)
    server.launch()
    server.wait_ready()
    return 0


def full_disk(scene: Scene) -> int:
    """No file of a worker may grow for two seconds, while one process of its pool is killed: the
    one in its place has no room for a journal, and sends nothing until there is some."""
    worker = psutil.Process(scene.rig.workers[0].pid)
    _, hard = worker.rlimit(psutil.RLIMIT_FSIZE)
    worker.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
    repeats = kill_pool_process(scene)
    time.sleep(2)
    for process in (worker, *worker.children()):
        with suppress(psutil.NoSuchProcess):
            process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
    return repeats


def pause_and_resume(scene: Scene) -> int:
    """An editor pauses: when the groups in hand are through nothing more goes out, until the
    campaign is resumed."""
    try:
        with scene.rig.sessions.begin() as session:
            pause_campaign(session, campaign_id=scene.campaign)
    except CampaignConflict:
        return 0  # It has ended already.
    _assert_silence(scene, "a paused")
    with scene.rig.sessions.begin() as session:
        resume_campaign(session, campaign_id=scene.campaign)
    return 0


def cancel(scene: Scene) -> int:
    """An editor cancels for good: when the groups in hand are through nothing more goes out."""
    with scene.rig.sessions.begin() as session:
        cancel_campaign(session, now=datetime.now(UTC), campaign_id=scene.campaign)
    _assert_silence(scene, "a cancelled")
    return 0


def _assert_silence(scene: Scene, whose: str) -> None:
    """What was in hand goes through, be the machine slow or quick, and then nothing more."""
    before = seen = scene.sink.behave()["messages"]
    quiet_since = time.monotonic()
    while time.monotonic() < quiet_since + 2:
        time.sleep(0.1)
        if (now := scene.sink.behave()["messages"]) != seen:
            seen, quiet_since = now, time.monotonic()
    in_hand = PROCESSES * (scene.rig.settings.group_size + CONNECTIONS)
    if seen - before > in_hand:
        raise AssertionError(f"{seen - before} messages went out of {whose} campaign")


def readers_leave(scene: Scene) -> int:
    """Twenty readers, who may have had the mail or not, leave by its link."""
    with scene.rig.sessions.begin() as session:
        for reader in scene.chance.sample(range(1, scene.rig.readers + 1), 20):
            unsubscribe(
                session,
                now=datetime.now(UTC),
                token=ReaderToken(subscriber_id=reader, campaign_id=scene.campaign),
                origin=Origin(place="a mail", ip=None, user_agent=""),
            )
    return 0


def greylisting_relay(scene: Scene) -> int:
    """For a second every recipient is refused at first, and taken when tried again."""
    scene.sink.behave(greylist=True)
    time.sleep(1)
    scene.sink.behave()
    return 0


def some_refused(scene: Scene) -> int:
    """For a second the server refuses every recipient whose number ends in 7, for good."""
    scene.sink.behave(rcpt=(550, r"7@"))
    time.sleep(1)
    scene.sink.behave()
    return 0


def mute_relay(scene: Scene) -> int:
    """The server takes what comes and says nothing, for longer than anybody waits."""
    scene.sink.behave(mute=True)
    time.sleep(scene.rig.settings.smtp_timeout + 1)
    scene.sink.behave()
    return PROCESSES * CONNECTIONS


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
    restart_redis,
    restart_postgres,
    full_disk,
    pause_and_resume,
    readers_leave,
    greylisting_relay,
    some_refused,
    mute_relay,
    busy_relay,
    deaf_relay,
    short_connections,
    cut_after_dot,
    cut_before_acceptance,
    freeze_worker,
)
