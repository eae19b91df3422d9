"""Where the time of a message goes: one worker's work in this process, under cProfile.

Prints one JSON object a line, shares of the whole, the largest first. The profiler makes Python
calls dearer than they are, so what the kernel does counts for more than it says.
`python -m tests.bench.profile_sending [MESSAGES]`
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import Counter
from typing import Any

from sqlalchemy import text

from app.links import Links
from app.mail.smtp.pool import SmtpPool
from app.store.journal import Journal
from app.throttle import Throttle
from app.usecases.breaker import Breaker
from app.usecases.chunk_run import Delivering
from app.usecases.deliver_chunk import deliver_chunk
from app.usecases.skeletons import Skeletons
from tests.bench.report import report
from tests.rig import Rig
from tests.sink.handle import SinkProcess

ROOMS = (
    ("kernel: writing to the socket", ("sendmsg",)),
    ("kernel: reading and waiting for sockets", ("recv", "poll", "selectors.py")),
    ("database: waiting for PostgreSQL", ("psycopg/connection.py", "psycopg/waiting.py")),
    ("database: SQLAlchemy and psycopg", ("sqlalchemy/", "psycopg", "app/store/")),
    ("tokens: HMAC and base64", ("hmac", "base64", "app/links.py")),
    ("message: filling the skeleton", ("app/mail/wire.py", "b2a_base64", "'join'", "translate")),
    ("smtp: the conversation", ("app/mail/smtp/",)),
    ("story: the chunk", ("app/usecases/", "app/throttle.py")),
)


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with SinkProcess() as sink, Rig(sink.url, SMTP_CONNECTIONS="2") as rig:
        rig.add_readers(messages)
        worker = _worker(rig)
        _send(rig, worker, 2_000)
        profile = cProfile.Profile()
        profile.enable()
        _send(rig, worker, messages)
        profile.disable()
    shares = Counter[str]()
    timings: dict[tuple[str, int, str], Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, name), (_, _, own, _, _) in timings.items():
        shares[_room_of(f"{file} {name}")] += own
    whole = shares.total()
    report("profiled_message", whole / messages * 1e6, "microseconds")
    for room, seconds in shares.most_common():
        report(room, seconds / whole, "share")


def _room_of(function: str) -> str:
    return next((room for room, signs in ROOMS if any(s in function for s in signs)), "the rest")


def _worker(rig: Rig) -> Delivering:
    settings = rig.settings
    return Delivering(
        settings=settings,
        sessions=rig.sessions,
        transport=SmtpPool.from_settings(settings),
        throttle=Throttle(settings),
        links=Links(settings),
        journal=Journal(settings.journal_dir),
        breaker=Breaker(),
        skeletons=Skeletons(settings),
    )


def _send(rig: Rig, worker: Delivering, messages: int) -> None:
    campaign = rig.add_campaign(size=21_000, readers=messages)
    with rig.sessions() as session:
        chunks = session.scalars(
            text("select id from chunk where campaign_id = :id order by id"), {"id": campaign}
        ).all()
    for chunk in chunks:
        deliver_chunk(worker, chunk)
    assert rig.tally(campaign) == {"sent": messages}


if __name__ == "__main__":
    main()
