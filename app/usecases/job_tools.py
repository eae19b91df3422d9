"""What the steps of jobs work with. A step does one batch within the runner's transaction, moves
the job's place, and says whether that was the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.config import Settings
from app.links import Links
from app.store.tables import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    settings: Settings
    links: Links
    now: datetime


Step = Callable[[Session, Job, Tools], bool]
