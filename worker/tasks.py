"""The tasks: doorways that take an id or a few and call one use case. Each may run twice."""

from __future__ import annotations

import structlog
from celery.signals import worker_process_init
from sqlalchemy.exc import OperationalError

from app import queue
from app.usecases.deliver_chunk import deliver_chunk
from app.usecases.fetch_pictures import fetch_pictures
from app.usecases.free_chunks import free_chunks
from app.usecases.ingest_sources import ingest_push, ingest_source
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.recheck_dns import recheck_dns
from app.usecases.run_job import run_job
from app.usecases.run_preflight import run_preflight
from app.usecases.send_notice import send_notice
from app.usecases.subscribe_hub import subscribe_hub
from app.usecases.tick import feed_chunks
from worker import shutdown
from worker.celery import celery
from worker.runtime import runtime

log = structlog.get_logger()


@worker_process_init.connect
def free_chunks_of_the_dead(**_: object) -> None:
    """A pool process that starts may stand in the place of one that was killed."""
    try:
        settings = runtime.settings
        free_chunks(runtime.sessions, settings.journal_dir, host=settings.host_name)
        feed_chunks(runtime.sessions, runtime.settings)
    except OperationalError as error:
        log.warning("chunks_not_freed", why=str(error.orig))


@celery.task(name=queue.PREPARE_CAMPAIGN)
def prepare_campaign_task(campaign_id: int) -> None:
    prepare_campaign(runtime.sessions, runtime.settings, now=runtime.now(), campaign_id=campaign_id)
    feed_chunks(runtime.sessions, runtime.settings)


@celery.task(name=queue.DELIVER_CHUNK)
def deliver_chunk_task(chunk_id: int) -> None:
    runtime.keep_pace()
    deliver_chunk(runtime.delivery, chunk_id)
    feed_chunks(runtime.sessions, runtime.settings)


@celery.task(name=queue.SEND_NOTICE)
def send_notice_task(notice_id: int) -> None:
    send_notice(
        runtime.sessions,
        runtime.transport,
        settings=runtime.settings,
        links=runtime.links,
        now=runtime.now(),
        notice_id=notice_id,
    )


@celery.task(name=queue.INGEST_SOURCE)
def ingest_source_task(source_id: int) -> None:
    ingest_source(runtime.sessions, runtime.settings, now=runtime.now(), source_id=source_id)


@celery.task(name=queue.FETCH_PICTURES)
def fetch_pictures_task(*picture_ids: int) -> None:
    fetch_pictures(runtime.sessions, runtime.settings, now=runtime.now(), picture_ids=picture_ids)


@celery.task(name=queue.INGEST_PUSH)
def ingest_push_task(push_id: int) -> None:
    ingest_push(runtime.sessions, runtime.settings, now=runtime.now(), push_id=push_id)


@celery.task(name=queue.SUBSCRIBE_HUB)
def subscribe_hub_task(source_id: int) -> None:
    subscribe_hub(
        runtime.sessions,
        runtime.settings,
        runtime.links,
        now=runtime.now(),
        source_id=source_id,
    )


@celery.task(name=queue.RUN_JOB)
def run_job_task(job_id: int) -> None:
    run_job(
        runtime.sessions,
        runtime.settings,
        runtime.links,
        now=runtime.now(),
        job_id=job_id,
        stopping=shutdown.asked,
    )


@celery.task(name=queue.RUN_PREFLIGHT)
def run_preflight_task(run_id: int) -> None:
    run_preflight(runtime.sessions, runtime.settings, now=runtime.now(), run_id=run_id)


@celery.task(name=queue.RECHECK_DNS)
def recheck_dns_task() -> None:
    recheck_dns(runtime.sessions, runtime.settings, now=runtime.now())
