"""The engine and its sessions: how a process reaches PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker


def make_engine(database_url: str, *, pool_size: int = 5) -> Engine:
    """An engine whose connections speak UTC and are checked before use, so that a restarted
    server costs nobody an error. One engine a process, made after any fork. What a failed
    statement was given stays out of its error, and so out of every log: it may be a secret.
    """
    return create_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC -c jit=off", "connect_timeout": 10},
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that keep loaded values usable after the commit, which is the caller's to make."""
    return sessionmaker(engine, expire_on_commit=False)
