"""What one worker process keeps between tasks: settings, sessions, links, the mail connections.

Made on first use in the process that runs tasks, so never shared over a fork.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings, read_settings
from app.links import Links
from app.mail.smtp.pool import SmtpPool
from app.store.engine import make_engine, make_sessions
from app.store.journal import Journal
from app.throttle import Throttle
from app.usecases.breaker import Breaker
from app.usecases.chunk_run import Delivering
from app.usecases.manage_sending import read_pace
from app.usecases.skeletons import Skeletons
from worker import shutdown


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

    @cached_property
    def transport(self) -> SmtpPool:
        return SmtpPool.from_settings(self.settings)

    @cached_property
    def delivery(self) -> Delivering:
        return Delivering(
            settings=self.settings,
            sessions=self.sessions,
            transport=self.transport,
            throttle=Throttle(self.settings),
            links=self.links,
            journal=Journal(self.settings.journal_dir, host=self.settings.host_name),
            breaker=Breaker(),
            skeletons=Skeletons(self.settings),
            stopping=shutdown.asked,
        )

    def keep_pace(self) -> None:
        """Takes over the limits that hold now: owners change them while workers run."""
        with self.sessions.begin() as session:
            pace = read_pace(session, self.settings)
        self.delivery.throttle.obey(pace)
        self.transport.allow(pace.connections)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


runtime = Runtime()
