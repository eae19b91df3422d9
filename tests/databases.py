"""Databases of tests: each is new, and goes when it is no longer needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

NewDatabase = Callable[[], AbstractContextManager[str]]
"""Gives the address of an empty database at the newest schema."""


@contextmanager
def copied(server_url: str, template: str = "template1") -> Iterator[str]:
    """The address of a copy of `template`, which nobody may be using. `server_url` leads to
    another database of the same server."""
    name = f"tests_{uuid4().hex[:8]}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name} template {template}"))
    yield beside(server_url, name)
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


def beside(database_url: str, name: str) -> str:
    """The address of another database of the same server."""
    return make_url(database_url).set(database=name).render_as_string(hide_password=False)
