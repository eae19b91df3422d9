"""A site with a database of its own, served on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from werkzeug.serving import make_server

from app.config import Settings, read_settings
from app.store.migrate import upgrade
from app.web.factory import create_app


@contextmanager
def own_site(
    database_url: str, redis_url: str, folder: Path, **environment: str
) -> Iterator[Settings]:
    """The settings of a site that answers at their `base_url` while it is needed; its database,
    migrated and empty, goes with it. `environment` adds to what is configured."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    with _database(database_url) as url:
        settings = read_settings(
            {
                "DATABASE_URL": url,
                "REDIS_URL": redis_url,
                "SMTP_URL": "smtp://127.0.0.1:1",
                "SECRET_KEY": "a key for the showcase that is long enough",
                "BASE_URL": f"http://127.0.0.1:{server.port}",
                "DATA_DIR": str(folder),
                "NASHRA_EMBEDDED": "postgres",
                "POSTAL_ADDRESS": "شارع الصحافة، بيروت",
                **environment,
            },
            allow_private_feeds=True,
        )
        upgrade(url)
        server.app = create_app(settings)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield settings
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            server.app.extensions["nashra"].engine.dispose()


@contextmanager
def _database(database_url: str) -> Iterator[str]:
    """A new database beside the test session's."""
    name = f"showcase_{uuid4().hex[:8]}"
    admin = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()
