"""A campaign under a seeded sequence of faults, and the verdict on it."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from app.domain.campaign import UncertainPolicy
from tests.chaos.checker import Verdict, judge
from tests.chaos.faults import CONNECTIONS, PROCESSES, Fault, Scene
from tests.rig import Rig
from tests.sink.handle import SinkProcess

LEASE = 6
GROUP = 50


@dataclass(frozen=True, kw_only=True)
class Ordeal:
    """What a campaign went through and how it ended. `may_repeat` is the sum of what the faults
    allow to be repeated."""

    faults: list[str]
    may_repeat: int
    state: str
    verdict: Verdict


def start_one(rig: Rig) -> None:
    """One worker with its processes."""
    rig.start_worker(PROCESSES)


def endure(
    faults: Sequence[Fault],
    *,
    readers: int,
    seed: int,
    policy: UncertainPolicy = UncertainPolicy.RESEND,
    seconds: float = 240,
    pause: tuple[float, float] = (0.3, 1.5),
    lease: int = LEASE,
    start: Callable[[Rig], None] = start_one,
) -> Ordeal:
    """Sends to `readers` while the faults happen one after the other, spread over the sending.

    Two clocks tick all the time. `start` starts the workers.

    Every answer of the relay comes so late that the campaign lasts as long as its faults: at
    any moment each connection has a message whose answer is under way.
    """
    chance = random.Random(seed)
    log = Path(tempfile.mkstemp(prefix="nashra-sink-", suffix=".log")[1])
    lasts = len(faults) * (sum(pause) / 2 + 0.8) + 2.0
    delay = min(0.2, lasts * PROCESSES * CONNECTIONS / readers)
    with (
        SinkProcess(log=log, delay=delay) as sink,
        Rig(
            sink.url,
            SMTP_CONNECTIONS=str(CONNECTIONS),
            SMTP_TIMEOUT="2",
            LEASE_SECONDS=str(lease),
            CHUNK_SIZE="200",
            GROUP_SIZE=str(GROUP),
            GRACE_SECONDS="2",
            TICK_INTERVAL="0.5",
        ) as rig,
    ):
        rig.add_readers(readers)
        campaign = rig.add_campaign(size=5_000, policy=policy)
        start(rig)
        rig.start_clock()
        rig.start_clock()
        scene = Scene(rig=rig, sink=sink, chance=chance, campaign=campaign)
        may_repeat = 0
        happened = []
        _wait_for_some(sink, 50)
        for fault in faults:
            time.sleep(chance.uniform(*pause))
            may_repeat += fault(scene)
            happened.append(fault.__name__)
        state = _end(rig, campaign, seconds)
        verdict = judge(rig, campaign, sink.accepted())
    log.unlink()
    return Ordeal(faults=happened, may_repeat=may_repeat, state=state, verdict=verdict)


def _wait_for_some(sink: SinkProcess, count: int) -> None:
    until = time.monotonic() + 60
    while len(sink.accepted()) < count:
        if time.monotonic() > until:
            raise TimeoutError("the workers never began to send")
        time.sleep(0.1)


def _end(rig: Rig, campaign: int, seconds: float) -> str:
    """Waits for the end of the campaign. The faults are over, so what was deferred need not wait
    for its time: how long that is, is tried elsewhere."""
    until = time.monotonic() + seconds
    while True:
        try:
            rig.hurry(campaign)
            return rig.wait_for_end(campaign, seconds=3.0).value
        except (OperationalError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
