"""The site's logo, for mails and pages: /logo/<name>/<colour of the plate>.png, kept for ever.

A logo of the past stays where it was, since the mails that show it lie in mailboxes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from app.pictures.logo import NAME_LENGTH, on_plate
from app.usecases.manage_brand import served_logo
from app.web import scope
from app.web.public.blueprint import public

_NAME = re.compile(rf"[0-9a-f]{{{NAME_LENGTH}}}")
_PLATE = re.compile(r"[0-9a-f]{6}")
_FOR_EVER = f"public, max-age={365 * 24 * 3600}, immutable"


@public.get("/logo/<name>/<plate>.png")
def logo(name: str, plate: str) -> AnyResponse:
    if not (_NAME.fullmatch(name) and _PLATE.fullmatch(plate)):
        abort(404)
    png = served_logo(scope.session(), name)
    if png is None:
        abort(404)
    answer = Response(_plated(png, f"#{plate}"), mimetype="image/png")
    answer.set_etag(f"{name}-{plate}")
    answer.headers["Cache-Control"] = _FOR_EVER
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Web mail shows it on pages of its own.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer.make_conditional(request)


@lru_cache(maxsize=8)
def _plated(png: bytes, colour: str) -> bytes:
    return on_plate(png, colour)
