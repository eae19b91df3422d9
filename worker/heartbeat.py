"""A worker's sign of life: every fifteen seconds a row says that it is there, which queues it
serves, and how much room there is for its journals.

A thread of the worker's main process writes it, so that a worker whose tasks take long is heard
of all the same. The thread keeps no connection: between two beats there is nothing to share with
the processes that are forked meanwhile.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from celery.signals import worker_ready, worker_shutdown
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.config import Settings
from app.store.engine import make_engine
from app.store.pulse import WORKER, beat, still
from worker.runtime import runtime

BEAT = 15.0

log = structlog.get_logger()


class Heartbeat:
    """The beats of one worker, from `start` to `stop`."""

    def __init__(self, settings: Settings, name: str, queues: list[str]) -> None:
        self._settings = settings
        self._name = name
        self._queues = queues
        self._engine = make_engine(settings.database_url, pool_size=1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """The last word: this worker ended in order and is not missed."""
        self._ended.set()
        self._thread.join(timeout=2)
        self._say(lambda session: still(session, WORKER, self._name))

    def _run(self) -> None:
        while True:
            self._say(self.beat)
            if self._ended.wait(BEAT):
                return

    def beat(self, session: Session) -> None:
        beat(
            session,
            WORKER,
            self._name,
            now=runtime.now(),
            queues=self._queues,
            free=free_room(self._settings.journal_dir),
        )

    def _say(self, what: Callable[[Session], None]) -> None:
        try:
            with Session(self._engine) as session, session.begin():
                what(session)
        except SQLAlchemyError as error:
            log.warning("no_heartbeat", why=type(error).__name__)
        finally:
            self._engine.dispose()


def free_room(folder: Path) -> int | None:
    """Bytes that are free where the folder is, or will be; None where it cannot be told."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


_beating: list[Heartbeat] = []


@worker_ready.connect
def _begin(sender: Any, **_: object) -> None:
    queues = sorted(sender.app.amqp.queues.consume_from)
    heartbeat = Heartbeat(runtime.settings, sender.hostname, queues)
    _beating.append(heartbeat)
    heartbeat.start()


@worker_shutdown.connect
def _end(**_: object) -> None:
    while _beating:
        _beating.pop().stop()
