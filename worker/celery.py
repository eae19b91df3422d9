"""The Celery application of the workers: `celery -A worker.celery worker -Q bulk,content`."""

from __future__ import annotations

import os

from celery import Celery

from app import queue
from app.config import read_settings
from app.logs import configure_logs

configure_logs()
celery = Celery("nashra", include=["worker.tasks"])
queue.configure(celery, read_settings(os.environ).redis_url)
