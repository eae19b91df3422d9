"""Names of tasks and queues, and how a task is asked for: by name, with an id, after the commit.

Rows are the truth and the queue is a hint: a broker that is away costs a delay until the next
tick finds the row, never the work. So `enqueue` reports failure and does not raise it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

BULK = "bulk"
CONTENT = "content"
TRANSACTIONAL = "transactional"

PREPARE_CAMPAIGN = "campaign.prepare"
DELIVER_CHUNK = "chunk.deliver"
SEND_NOTICE = "notice.send"
INGEST_SOURCE = "source.ingest"
INGEST_PUSH = "push.ingest"
SUBSCRIBE_HUB = "hub.subscribe"
FETCH_PICTURES = "pictures.fetch"
RUN_JOB = "job.run"
RUN_PREFLIGHT = "preflight.run"
RECHECK_DNS = "dns.recheck"

QUEUE_OF = {
    PREPARE_CAMPAIGN: CONTENT,
    DELIVER_CHUNK: BULK,
    SEND_NOTICE: TRANSACTIONAL,
    INGEST_SOURCE: CONTENT,
    INGEST_PUSH: CONTENT,
    SUBSCRIBE_HUB: CONTENT,
    FETCH_PICTURES: CONTENT,
    RUN_JOB: CONTENT,
    RUN_PREFLIGHT: CONTENT,
    RECHECK_DNS: CONTENT,
}


def configure(celery: Celery, redis_url: str) -> None:
    """The settings that both ends share. JSON only, no results; a message is acknowledged when
    it is taken, since a lost hint is found again by the tick, while one that comes again after
    `visibility_timeout` would only be work for nothing."""
    celery.conf.update(
        broker_url=redis_url.replace("unix://", "redis+socket://", 1),
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 10},
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        task_default_queue=CONTENT,
        task_routes={task: {"queue": queue} for task, queue in QUEUE_OF.items()},
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        timezone="UTC",
    )


@cache
def _producer(redis_url: str) -> Celery:
    celery = Celery("nashra-producer", set_as_current=False)
    configure(celery, redis_url)
    # A request does not wait for a broker that is away: one try, no pauses.
    celery.conf.broker_transport_options |= {"max_retries": 0, "interval_start": 0}
    return celery


def enqueue(redis_url: str, task: str, *ids: Any) -> bool:
    """Hands the task to its queue; False when the broker cannot be reached within two seconds."""
    try:
        _producer(redis_url).send_task(
            task, args=ids, queue=QUEUE_OF[task], retry=False, ignore_result=True
        )
    except (OperationalError, RedisError, OSError):
        return False
    return True


@cache
def _client(redis_url: str) -> Redis:
    return Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5)


def length(redis_url: str, queue: str) -> int | None:
    """How many tasks wait in a queue; None when the broker cannot be reached."""
    try:
        waiting = _client(redis_url).llen(queue)
    except RedisError:
        return None
    assert isinstance(waiting, int)
    return waiting
