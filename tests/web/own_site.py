"""A site with a database of its own, served on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from werkzeug.serving import make_server

from app.config import Settings, read_settings
from app.web.factory import create_app
from tests.databases import NewDatabase


@contextmanager
def own_site(
    new_database: NewDatabase, redis_url: str, folder: Path, **environment: str
) -> Iterator[Settings]:
    """The settings of a site that answers at their `base_url` while it is needed, with an empty
    database of its own. `environment` adds to what is configured."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    with new_database() as url:
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
