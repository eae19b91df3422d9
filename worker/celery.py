"""The Celery application of the workers: `celery -A worker.celery worker -Q bulk,content`."""

from __future__ import annotations

from celery import Celery

from app import queue
from app.doorway import settings_or_exit
from app.logs import configure_logs

configure_logs()
celery = Celery("nashra", include=["worker.tasks", "worker.heartbeat"])
queue.configure(celery, settings_or_exit().redis_url)
