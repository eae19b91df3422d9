"""Static files: each address carries a hash of the content, so that browsers may keep it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

STATIC = Path(__file__).parent / "static"
_A_YEAR = 365 * 24 * 3600


@cache
def _hash(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def version(filename: str) -> str:
    """The hash of a static file's content. Raises `FileNotFoundError`: a page that names a file
    that is not there is an error of ours."""
    path = STATIC / filename
    return _hash(path, path.stat().st_mtime)


def install(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.after_request(_keep_long)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        values["v"] = version(values["filename"])


def _keep_long(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 304) and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return response
