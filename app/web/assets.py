"""Static files: each address carries a hash of the content, so that browsers may keep it.

The style sheets that all pages of a kind share are written apart, by meaning, and answered joined:
one request, made once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, request

STATIC = Path(__file__).parent / "static"
_A_YEAR = 365 * 24 * 3600

_EVERYWHERE = ("tokens.css", "base.css")
_ADMIN = (
    "page", "navigation", "messages", "lists", "tables", "controls", "forms", "charts", "devices",
)  # fmt: skip

SHEETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "site": (*_EVERYWHERE, "site.css"),
        "embed": (*_EVERYWHERE, "embed.css"),
        "admin": (*_EVERYWHERE, *(f"admin/shared/{name}.css" for name in _ADMIN)),
    }
)
"""The sheets of each kind of page, in the order in which they are joined."""

_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def version(filename: str) -> str:
    """The hash of a static file's content. Raises `FileNotFoundError`: a page that names a file
    that is not there is an error of ours."""
    return _hash(*_dated(filename))


def joined(name: str) -> tuple[str, str]:
    """The sheet that all pages of the kind `name` share, without comments, and its hash. Raises
    `KeyError`."""
    return _join(tuple(map(_dated, SHEETS[name])))


def install(app: Flask) -> None:
    app.add_url_rule(f"/sheets/<any({', '.join(SHEETS)}):name>.css", "sheet", _sheet)
    app.url_defaults(_add_version)
    app.after_request(_keep_long)


def _dated(filename: str) -> tuple[Path, float]:
    path = STATIC / filename
    return path, path.stat().st_mtime


@cache
def _hash(path: Path, _changed: float) -> str:
    return _short(path.read_bytes())


@cache
def _join(files: tuple[tuple[Path, float], ...]) -> tuple[str, str]:
    text = "".join(_COMMENT.sub("", path.read_text(encoding="utf-8")) for path, _ in files)
    return text, _short(text.encode())


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _sheet(name: str) -> Response:
    return Response(joined(name)[0], mimetype="text/css")


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        values["v"] = version(values["filename"])
    elif endpoint == "sheet":
        values["v"] = joined(values["name"])[1]


def _keep_long(response: Response) -> Response:
    is_file = request.endpoint in ("static", "sheet")
    if is_file and response.status_code in (200, 304) and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return response
