"""`python -m app.cli.prepare HANDLE [FEED_URL]`: what `nashra up` has done before it says ready.

Migrations always; with a feed's address also the sample data. Each step that is done is written
to the handle as one line of JSON. A password made here goes that way only, never to a log.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from app.cli.catalogues import compile_stale
from app.config import read_settings
from app.store.engine import make_engine, make_sessions
from app.store.migrate import upgrade
from app.usecases.load_samples import load_samples


def main(report: Callable[[dict[str, Any]], None], feed_url: str) -> None:
    settings = read_settings(os.environ)
    with suppress(PermissionError):  # an installation that is not ours to write is complete
        compile_stale()
    try:
        upgrade(settings.database_url)
    except OperationalError as error:
        sys.exit(f"the database cannot be reached: {' '.join(str(error.orig).split())}")
    report({"done": "migrations"})
    if not feed_url:
        return
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        loaded = load_samples(
            make_sessions(engine), settings, now=datetime.now(UTC), feed_url=feed_url
        )
    finally:
        engine.dispose()
    report({"done": f"{loaded.articles} articles, {loaded.topics} topics", **asdict(loaded)})


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "w") as _pipe:
        main(
            lambda event: print(json.dumps(event), file=_pipe, flush=True),
            sys.argv[2] if len(sys.argv) > 2 else "",
        )
