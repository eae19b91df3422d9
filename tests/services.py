"""The servers that tests talk to: started once for a test session, on private sockets and ports.

A pytest plugin (tests/conftest.py names it). The folder stands directly under the system's
temporary folder, since PostgreSQL's own account must reach it when root runs the tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from app.config import PROJECT_ROOT
from app.embedded.folder import make_data_dir
from app.embedded.lock import FileLock
from app.embedded.mailbox import Mailbox
from app.embedded.ports import free_port
from app.embedded.postgres import Postgres
from app.embedded.redis import Redis
from app.store.migrate import upgrade
from tests.databases import NewDatabase, beside, copied
from tests.name_server import name_server


@pytest.fixture(scope="session")
def service_dir() -> Iterator[Path]:
    """The data folder of the servers below."""
    folder = Path(tempfile.mkdtemp(prefix="nashra-tests-"))
    folder.chmod(0o711)
    (folder / "logs").mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(service_dir: Path) -> Iterator[str]:
    """A PostgreSQL of our own, by the database that comes with it and is left empty."""
    server = Postgres(service_dir, env=os.environ)
    server.start()
    yield beside(server.url, "postgres")
    server.stop()


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Iterator[NewDatabase]:
    """Only one is migrated; the others are copies of it."""
    with copied(postgres_url) as migrated:
        upgrade(migrated)
        yield lambda: copied(postgres_url, make_url(migrated).database or "")


@pytest.fixture(scope="session")
def redis_url(service_dir: Path) -> Iterator[str]:
    """A Redis of our own."""
    server = Redis(service_dir, env=os.environ)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def name_servers() -> Iterator[str]:
    """A name server of our own that knows no name, so that no test asks another."""
    with name_server({}) as server:
        yield "{}:{}".format(*server.address)


@pytest.fixture(scope="module")
def register_of_instances() -> Iterator[None]:
    """For modules that start `nashra up` or find one without naming it: the checkout keeps one
    register of those that run, and workers beside this one would write in it too."""
    name = hashlib.sha256(os.fsencode(PROJECT_ROOT)).hexdigest()[:12]
    lock = FileLock(Path(tempfile.gettempdir()) / f"nashra-tests-{name}.lock")
    assert lock.take(seconds=900)
    yield
    lock.release()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder for servers of one test, where PostgreSQL's own account can reach it."""
    folder = make_data_dir(Path(tempfile.mkdtemp(prefix="nashra-test-")))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def mailbox(service_dir: Path, tmp_path: Path) -> Iterator[Mailbox]:
    """A mail server of our own (`mailbox.url`) with its Maildir in `tmp_path / "mailbox"`."""
    (tmp_path / "logs").mkdir(exist_ok=True)
    server = Mailbox(tmp_path, env=os.environ)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def some_port() -> Callable[[], int]:
    """Gives a free port of loopback each time it is called."""
    return free_port
