"""A real worker: it is heard of while it lives, and takes its leave when it ends in order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.config import PROJECT_ROOT, Settings
from app.store.pulse import WORKER
from app.store.tables import Pulse


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMTP_URL": settings.smtp_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(tmp_path),
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "worker.celery", "worker"),
                *("-Q", "transactional", "-P", "solo", "-n", "alive@test"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            cwd=PROJECT_ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def until(found: Callable[[], object]) -> None:
    for _ in range(300):
        if found():
            return
        time.sleep(0.1)
    pytest.fail("it did not come")


def test_a_worker_is_heard_of_as_long_as_it_lives(
    engine: Engine, worker: subprocess.Popen[bytes]
) -> None:
    def pulse() -> Pulse | None:
        with Session(engine, expire_on_commit=False) as session:
            return session.scalar(
                select(Pulse).where(Pulse.kind == WORKER, Pulse.name == "alive@test")
            )

    until(pulse)
    found = pulse()
    assert found is not None
    assert found.detail["queues"] == ["transactional"]
    assert found.detail["free"] > 0
    worker.terminate()
    worker.wait(timeout=30)
    assert pulse() is None
