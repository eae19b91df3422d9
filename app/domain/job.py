"""A job: long work that the staff asked for, done by a worker in steps, and watched on a page.

draft → waiting → running → done | failed | cancelled ;  failed | cancelled → waiting
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class JobKind(StrEnum):
    """`check_import`: what an import would do. `import`: readers from a file. `undo_import`:
    those it added go again. `export_readers`: readers as a CSV. `change_readers`: one change for
    many of them. `undo_change`: who was changed so gets back what they had."""

    CHECK_IMPORT = "check_import"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    EXPORT_READERS = "export_readers"
    CHANGE_READERS = "change_readers"
    UNDO_CHANGE = "undo_change"


class JobState(StrEnum):
    """`draft` is not asked for yet."""

    DRAFT = "draft"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobFile(StrEnum):
    """What a job keeps bytes as: `upload`, the lines that came with it; `result`, what it wrote;
    `refused`, the lines it did not take, each with its reason."""

    UPLOAD = "upload"
    RESULT = "result"
    REFUSED = "refused"


class JobRefused(Exception):
    """A job cannot go on, and trying again by itself would not help. `code` is stable:
    file_gone, broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_S = JobState

SOURCES_OF: Mapping[JobState, tuple[JobState, ...]] = MappingProxyType(
    {
        _S.WAITING: (_S.DRAFT, _S.FAILED, _S.CANCELLED),
        _S.CANCELLED: (_S.WAITING, _S.RUNNING),
    }
)
"""The steps that people take: from which states each may be reached. All others are a worker's."""

UNDONE = (_S.WAITING, _S.RUNNING)
"""States in which a worker has still something to do."""

ENDED = (_S.DONE, _S.FAILED, _S.CANCELLED)

MAX_TRIES = 5
"""How often a job may be taken up without getting a step further: then it has failed."""

KEEP_FILES = timedelta(days=7)
"""How long the bytes of a job are kept: they are full of addresses."""

KEEP_JOBS = timedelta(days=90)
"""How long what a job did is told, and an import can be undone."""


def files_until(finished_at: datetime | None) -> datetime | None:
    """When the files of a job go; None while it has not ended."""
    return None if finished_at is None else finished_at + KEEP_FILES
