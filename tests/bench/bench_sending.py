"""Sending: messages a second from the ledger through Celery to a sink, beside the limit.

Prints one JSON object a line. `python -m tests.bench.bench_sending [--quick]`
"""

from __future__ import annotations

import argparse
import json
import smtplib
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from app.usecases.tick import feed_chunks, tick
from tests.bench.blast import content_of
from tests.bench.report import report
from tests.rig import Rig, cpu_seconds, peak_memory
from tests.sink.handle import ROOT, SinkProcess

PROCESSES = 2
CONNECTIONS = 2
RELAY_DELAY = 0.020


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One campaign measured. CPU is milliseconds a message."""

    per_second: float
    worker_cpu: float
    postgres_cpu: float
    redis_cpu: float
    sink_cpu: float
    worker_memory: int


def limit(port: int, *, size: int, messages: int, connections: int) -> dict[str, float]:
    """The raw program against the same sink, in a process of its own."""
    said = subprocess.run(
        [
            *(sys.executable, "-m", "tests.bench.blast", str(port)),
            *("--size", str(size), "--messages", str(messages)),
            *("--connections", str(connections)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, float] = json.loads(said.stdout)
    return figures


def send(rig: Rig, sink: SinkProcess, *, size: int, readers: int, seconds: float = 600) -> Sent:
    """Sends one campaign with the workers that run, from the first hint to `finished`."""
    campaign = rig.add_campaign(size=size, readers=readers)
    worker = rig.workers[0].pid
    assert rig.postgres.child is not None
    assert rig.redis.child is not None
    counted = [worker, rig.postgres.child.pid, rig.redis.child.pid]
    before = [cpu_seconds(pid) for pid in counted]
    sink_before = sink.behave()["cpu"]
    began = time.perf_counter()
    feed_chunks(rig.sessions, rig.settings)
    state = _wait(rig, campaign, seconds)
    took = time.perf_counter() - began
    assert state == "finished", (state, rig.tally(campaign), rig.log("worker-1")[-2000:])
    assert rig.tally(campaign) == {"sent": readers}
    spent = [cpu_seconds(pid) - was for pid, was in zip(counted, before, strict=True)]
    per_message = [1000 * s / readers for s in (*spent, sink.behave()["cpu"] - sink_before)]
    return Sent(
        per_second=readers / took,
        worker_cpu=per_message[0],
        postgres_cpu=per_message[1],
        redis_cpu=per_message[2],
        sink_cpu=per_message[3],
        worker_memory=peak_memory(worker),
    )


def _wait(rig: Rig, campaign: int, seconds: float) -> str:
    """Waits for the end with a tick now and then, as the clock would give it."""
    until, next_tick = time.monotonic() + seconds, 0.0
    while time.monotonic() < until:
        if time.monotonic() > next_tick:
            next_tick = time.monotonic() + 2
            tick(rig.sessions, rig.settings, now=_now())
        state = rig.state(campaign)
        if state.value not in ("sending", "preparing"):
            return state.value
        time.sleep(0.05)
    return "late"


def _now() -> datetime:
    return datetime.now(UTC)


def warm_up(rig: Rig, sink: SinkProcess) -> None:
    """Lets every worker process import, connect and compile once."""
    for _ in range(3):
        send(rig, sink, size=5_000, readers=2_000)


def measure(size: int, readers: int) -> None:
    label = f"{size // 1000}KB"
    with (
        SinkProcess() as sink,
        Rig(sink.url, SMTP_CONNECTIONS=str(CONNECTIONS)) as rig,
    ):
        rig.add_readers(readers)
        rig.start_worker(PROCESSES)
        warm_up(rig, sink)
        raw = limit(sink.port, size=size, messages=30_000, connections=PROCESSES * CONNECTIONS)
        ours = send(rig, sink, size=size, readers=readers)
        again = limit(sink.port, size=size, messages=30_000, connections=PROCESSES * CONNECTIONS)
        ceiling = max(raw["per_second"], again["per_second"])
    report(f"limit_{label}", ceiling, "messages/s", target=8_000 if size > 20_000 else None)
    report(f"sending_{label}", ours.per_second, "messages/s")
    report(f"sending_share_of_limit_{label}", ours.per_second / ceiling, "ratio", target=0.5)
    target = 0.12 if size > 20_000 else None
    report(f"worker_cpu_{label}", ours.worker_cpu, "ms/message", target=target, most=True)
    report(f"postgres_cpu_{label}", ours.postgres_cpu, "ms/message")
    report(f"redis_cpu_{label}", ours.redis_cpu, "ms/message")
    report(f"sink_cpu_{label}", ours.sink_cpu, "ms/message")
    report(f"worker_memory_{label}", ours.worker_memory / 1e6, "MB", target=150, most=True)


def second_process(readers: int) -> None:
    """What a second worker process adds, on a machine that also runs the database and the sink."""
    speeds = []
    for processes in (1, 2):
        with SinkProcess() as sink, Rig(sink.url, SMTP_CONNECTIONS=str(CONNECTIONS)) as rig:
            rig.add_readers(readers)
            rig.start_worker(processes)
            warm_up(rig, sink)
            speeds.append(send(rig, sink, size=21_000, readers=readers).per_second)
    report("sending_one_process", speeds[0], "messages/s")
    report("sending_two_processes", speeds[1], "messages/s")
    report("sending_second_process_gain", speeds[1] / speeds[0], "ratio")


def behind_a_relay(readers: int) -> None:
    """One connection with every answer 20 ms late, beside a plain client on the same relay."""
    with (
        SinkProcess(delay=RELAY_DELAY) as relay,
        Rig(relay.url, SMTP_CONNECTIONS="1") as rig,
    ):
        rig.add_readers(readers)
        rig.start_worker(1)
        send(rig, relay, size=5_000, readers=100)
        ours = send(rig, relay, size=21_000, readers=readers)
        plain = unpipelined(relay.port, messages=100)
    report("relay_20ms_one_connection", ours.per_second, "messages/s")
    report("relay_20ms_plain_client", plain, "messages/s")
    report("relay_20ms_gain", ours.per_second / plain, "ratio", target=3)
    with (
        SinkProcess(delay=RELAY_DELAY) as relay,
        Rig(relay.url, SMTP_CONNECTIONS="20") as rig,
    ):
        rig.add_readers(readers * 20)
        rig.start_worker(PROCESSES)
        send(rig, relay, size=5_000, readers=2_000)
        many = send(rig, relay, size=21_000, readers=readers * 20)
    report("relay_20ms_2x20_connections", many.per_second, "messages/s")


def unpipelined(port: int, *, messages: int) -> float:
    """Messages a second of smtplib's sendmail over one connection, with ready-made bytes."""
    data = content_of(21_000)
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        began = time.perf_counter()
        for _ in range(messages):
            client.sendmail("news@levant.example", ["reader@levant.example"], data)
        return messages / (time.perf_counter() - began)


def by_audience(sizes: tuple[int, ...]) -> None:
    """The speed at growing audiences, in one database: deliveries of earlier campaigns stay."""
    with SinkProcess() as sink, Rig(sink.url, SMTP_CONNECTIONS=str(CONNECTIONS)) as rig:
        rig.add_readers(max(sizes))
        rig.start_worker(PROCESSES)
        warm_up(rig, sink)
        speeds = []
        for readers in sizes:
            ours = send(rig, sink, size=5_000, readers=readers)
            speeds.append(ours.per_second)
            report(f"sending_5KB_{readers}_readers", ours.per_second, "messages/s")
            report(f"worker_cpu_{readers}_readers", ours.worker_cpu, "ms/message")
            report(f"postgres_cpu_{readers}_readers", ours.postgres_cpu, "ms/message")
            report(
                f"worker_memory_{readers}_readers",
                ours.worker_memory / 1e6,
                "MB",
                target=150,
                most=True,
            )
    report("sending_largest_to_smallest", speeds[-1] / speeds[0], "ratio", target=0.85)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages")
    share = 10 if parser.parse_args().quick else 1
    report("cores", psutil.cpu_count() or 0, "cores")
    for size in (21_000, 5_000):
        measure(size, 100_000 // share)
    second_process(50_000 // share)
    behind_a_relay(500 // min(share, 5))
    by_audience((10_000, 100_000, 1_000_000) if share == 1 else (10_000, 50_000))


if __name__ == "__main__":
    main()
