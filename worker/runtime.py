"""What one worker process keeps between tasks: settings, sessions, links, the SMTP pool.

Made on first use in the process that runs tasks, so never shared over a fork.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings, read_settings
from app.links import Links
from app.store.engine import make_engine, make_sessions


class Runtime:
    @cached_property
    def settings(self) -> Settings:
        return read_settings(os.environ)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return make_sessions(make_engine(self.settings.database_url, pool_size=2))

    @cached_property
    def links(self) -> Links:
        return Links(self.settings)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


runtime = Runtime()
