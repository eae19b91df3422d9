"""Confirmation mail while a campaign goes out: seconds from the form to the mail server.

`python -m tests.bench.bench_notices [--quick]`
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from app import queue
from app.domain.address import parse_address
from app.domain.subscription import Cadence, Choice
from app.links import Links
from app.usecases.consent import Origin, Wording
from app.usecases.sign_up import Asked, request_signup
from app.usecases.tick import feed_chunks
from tests.bench.report import report
from tests.rig import Rig
from tests.sink.handle import SinkProcess


def sign_up(rig: Rig, links: Links, number: int) -> str:
    """What the form's view does; returns the Message-ID to wait for."""
    with rig.sessions.begin() as session:
        notice = request_signup(
            session,
            now=datetime.now(UTC),
            links=links,
            asked=Asked(
                address=parse_address(f"new{number}@example.org"),
                choice=Choice(topic_mask=0, cadence=Cadence.DAILY),
                language="ar",
                wording=Wording(text="bench", version="1"),
                origin=Origin(place="bench"),
            ),
        )
        number = notice.id
    assert queue.enqueue(rig.settings.redis_url, queue.SEND_NOTICE, number)
    return links.notice_message_id(number)


def written_since(log: Path, size: int) -> bytes:
    """What the sink has written to its log since that was `size` bytes long."""
    with log.open("rb") as file:
        file.seek(size)
        return file.read()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a campaign of 20,000")
    readers = 20_000 if parser.parse_args().quick else 100_000
    log = Path(tempfile.mkstemp(prefix="nashra-sink-", suffix=".log")[1])
    with SinkProcess(log=log) as sink, Rig(sink.url) as rig:
        links = Links(rig.settings)
        rig.add_readers(readers)
        rig.start_worker(2)
        rig.start_transactional()
        rig.start_clock()
        sign_up(rig, links, 0)
        while not sink.accepted():
            time.sleep(0.05)
        campaign = rig.add_campaign(size=21_000)
        feed_chunks(rig.sessions, rig.settings)
        waited: list[float] = []
        while rig.state(campaign).value == "sending":
            before, asked = log.stat().st_size, time.monotonic()
            wanted = sign_up(rig, links, len(waited) + 1).encode()
            while wanted not in written_since(log, before):
                assert time.monotonic() < asked + 60, "the confirmation never came"
                time.sleep(0.02)
            waited.append(time.monotonic() - asked)
            time.sleep(0.1)
    log.unlink()
    waited.sort()
    report("confirmations_during_campaign", len(waited), "mails")
    report("confirmation_median", waited[len(waited) // 2], "s")
    report("confirmation_p99", waited[int(len(waited) * 0.99)], "s", target=5, most=True)


if __name__ == "__main__":
    main()
