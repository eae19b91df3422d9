"""Our copies of pictures, for everybody: /i/<name>.jpg, and /i/<name>-s.jpg as a card shows it.

A name is its content's hash, so what stands under it never changes and may be kept for ever. The
address is the same for every reader, and nothing in the answer tells one from another.
"""

from __future__ import annotations

import re

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from app.pictures.resize import NAME_LENGTH
from app.store.pictures import served
from app.web import scope
from app.web.public.blueprint import public

_FILE = re.compile(rf"([0-9a-f]{{{NAME_LENGTH}}})(-s)?\.jpg")
_FOR_EVER = f"public, max-age={365 * 24 * 3600}, immutable"


@public.get("/i/<file>")
def picture(file: str) -> AnyResponse:
    name = _FILE.fullmatch(file) or abort(404)
    body = served(scope.session(), name[1], small=bool(name[2]))
    if body is None:
        abort(404)
    answer = Response(body, mimetype="image/jpeg")
    answer.set_etag(file.removesuffix(".jpg"))
    answer.headers["Cache-Control"] = _FOR_EVER
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Web mail shows it on pages of its own.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer.make_conditional(request)
