"""`GET /metrics` for Prometheus, behind METRICS_TOKEN; without that setting there is no such page.

Shows numbers and the names of machines, no address of anybody and nothing of a mail.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, abort, request

from app.domain.health import judge
from app.domain.vitals import Level, Vitals
from app.usecases.check_health import look
from app.usecases.measure import Measures, measure
from app.web import scope
from app.web.exposition import CONTENT_TYPE, Gauge, exposed, gauge
from app.web.public.blueprint import public

_LEVELS = {Level.GOOD: 0.0, Level.WARN: 1.0, Level.BAD: 2.0}


@public.get("/metrics")
def metrics() -> Response:
    token = scope.settings().metrics_token
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Response("", status=401, headers={"WWW-Authenticate": "Bearer"})
    session, now = scope.session(), scope.now()
    seen = look(session, scope.settings(), now=now)
    gauges = [*_of_life(seen, now), *_of_work(measure(session))]
    answer = Response(exposed(gauges), content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _of_life(seen: Vitals, now: datetime) -> Iterator[Gauge]:
    yield Gauge(
        name="nashra_health",
        meaning="0 in order, 1 to be looked at, 2 trouble, as home says it.",
        values=[({"part": one.part.value}, _LEVELS[one.level]) for one in judge(seen, now)],
    )
    yield gauge(
        "nashra_clock_last_tick_timestamp_seconds",
        "When a clock ticked last.",
        max((clock.at.timestamp() for clock in seen.clocks), default=None),
    )
    yield Gauge(
        name="nashra_worker_last_heard_timestamp_seconds",
        meaning="When each worker was heard of last.",
        values=[({"worker": one.name}, one.at.timestamp()) for one in seen.workers],
    )
    yield Gauge(
        name="nashra_journal_free_bytes",
        meaning="Room for the journals of each worker.",
        values=[({"worker": w.name}, float(w.free)) for w in seen.workers if w.free is not None],
    )
    yield gauge("nashra_redis_up", "Whether Redis answers.", float(seen.queues is not None))
    yield Gauge(
        name="nashra_queue_length",
        meaning="Tasks that wait.",
        values=[({"queue": name}, float(n)) for name, n in (seen.queues or {}).items()],
    )
    yield gauge(
        "nashra_delivery_oldest_due_seconds",
        "How long the oldest chunk has been due; 0 when none is.",
        (now - seen.delivery_due).total_seconds() if seen.delivery_due else 0.0,
    )
    yield gauge("nashra_chunks_in_hand", "Chunks leased to workers now.", float(seen.in_hands))
    yield gauge(
        "nashra_notice_oldest_due_seconds",
        "How long the oldest notice has been due; 0 when none is.",
        max(0.0, (now - seen.notice.due).total_seconds()) if seen.notice else 0.0,
    )
    yield gauge(
        "nashra_campaigns_in_trouble",
        "Campaigns whose mail server cannot be used.",
        float(len(seen.troubles)),
    )
    yield gauge("nashra_sources_failing", "Sources with an error.", float(seen.feeds_failing))


def _of_work(done: Measures) -> Iterator[Gauge]:
    yield Gauge(
        name="nashra_campaigns",
        meaning="Campaigns by state.",
        values=[({"state": state}, float(n)) for state, n in done.campaigns.items()],
    )
    yield Gauge(
        name="nashra_deliveries",
        meaning="Deliveries of the campaigns under way, by state.",
        values=[({"state": state}, float(n)) for state, n in done.deliveries.items()],
    )
    yield gauge(
        "nashra_leases_repeated",
        "How often chunks of the campaigns under way were handed out again.",
        float(done.repeated_leases),
    )
    yield Gauge(
        name="nashra_readers",
        meaning="Readers by state, as counted last.",
        values=[({"state": state}, float(n)) for state, n in done.readers.items()],
    )
    yield Gauge(
        name="nashra_bounces",
        meaning="Mails of all campaigns that came back after they had been taken, by kind.",
        values=[({"kind": kind}, float(n)) for kind, n in done.bounces.items()],
    )
    yield Gauge(
        name="nashra_feedback_messages",
        meaning="Messages to the addresses of bounces, by what became of them.",
        values=[({"came": came}, float(n)) for came, n in done.feedback.items()],
    )
    yield Gauge(
        name="nashra_source_last_success_timestamp_seconds",
        meaning="When each source was read last.",
        values=[
            ({"source": str(number), "host": urlsplit(url).hostname or ""}, at.timestamp())
            for number, url, at in done.sources
            if at is not None
        ],
    )
