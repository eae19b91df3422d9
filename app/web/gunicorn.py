"""What gunicorn does beside serving: `gunicorn --config python:app.web.gunicorn …`."""

from __future__ import annotations

from app.doorway import settings_or_exit


def on_starting(_server: object) -> None:
    """Before any worker: a bad setting is one line, not a traceback from each worker."""
    settings_or_exit()
