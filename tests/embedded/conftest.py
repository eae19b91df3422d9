"""A data folder for servers of one test, where PostgreSQL's own account can reach it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded.folder import make_data_dir


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = make_data_dir(Path(tempfile.mkdtemp(prefix="nashra-test-")))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
