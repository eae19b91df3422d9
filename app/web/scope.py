"""What a request works with: settings, a database session, links, and the time.

One session a request, opened on first use and closed with it. A view calls one use case and
then `commit()`; what was not committed is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.brand import Brand
from app.links import Links
from app.sealing import Seal
from app.store.engine import make_engine, make_sessions
from app.usecases.manage_brand import brand_of, read_brand

_EXTENSION = "nashra"


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """What one web process keeps: made once by the factory. Tests pass a clock of their own."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    links: Links
    seal: Seal
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


def install(app: Flask, settings: Settings, clock: Callable[[], datetime] | None) -> None:
    engine = make_engine(settings.database_url)
    chosen = {} if clock is None else {"clock": clock}
    app.extensions[_EXTENSION] = Runtime(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        links=Links(settings),
        seal=Seal(settings),
        **chosen,
    )
    app.teardown_appcontext(_close)


def runtime() -> Runtime:
    return cast("Runtime", current_app.extensions[_EXTENSION])


def settings() -> Settings:
    return runtime().settings


def brand() -> Brand:
    """The site's face, read once a request; that of the environment where the database is away,
    so that the page which says so can be shown."""
    if "brand" not in g:
        try:
            g.brand = read_brand(session(), settings())
        except SQLAlchemyError:
            session().rollback()
            g.brand = brand_of(settings())
    return cast("Brand", g.brand)


def links() -> Links:
    return runtime().links


def seal() -> Seal:
    return runtime().seal


def now() -> datetime:
    """The time of this request in UTC; the same however often it is asked."""
    if "now" not in g:
        g.now = runtime().clock()
    return cast("datetime", g.now)


def session() -> Session:
    """The request's session, opened on first use."""
    if "session" not in g:
        g.session = runtime().sessions()
    return cast("Session", g.session)


def commit(*tasks: tuple[str, int]) -> None:
    """Commits the request's work, then asks for `tasks`, each a name and an id. A broker that is
    away changes nothing: the tick finds the rows."""
    session().commit()
    for name, number in tasks:
        queue.enqueue(settings().redis_url, name, number)


def _close(_error: BaseException | None) -> None:
    opened: Any = g.pop("session", None)
    if opened is not None:
        opened.close()
