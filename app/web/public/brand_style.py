"""The brand's accent as the pages' style sheet: /style/<accent>.css.

Pages allow no styles inside them, so the few colours that an editor may choose come in a sheet
of their own. What it says follows from its address alone and may be kept for ever.
"""

from __future__ import annotations

import re

from flask import Response, abort
from werkzeug.wrappers import Response as AnyResponse

from app.domain.colour import label_on, mixed, nearest_readable
from app.web.public.blueprint import public

_ACCENT = re.compile(r"[0-9a-f]{6}")
_BY_DAY = ("#f2eee5", "#faf8f3", "#ffffff")
_BY_NIGHT = ("#282420", "#1e1b18", "#151311")
"""The grounds of text in `tokens.css`."""
_FOR_EVER = "public, max-age=31536000, immutable"


@public.get("/style/<accent>.css")
def brand_style(accent: str) -> AnyResponse:
    if not _ACCENT.fullmatch(accent):
        abort(404)
    day, night = (_values(f"#{accent}", grounds) for grounds in (_BY_DAY, _BY_NIGHT))
    sheet = (
        f":root{{{day}}}\n"
        f':root[data-theme="dark"]{{{night}}}\n'
        "@media (prefers-color-scheme: dark){"
        f':root:not([data-theme="light"]){{{night}}}'
        "}\n"
    )
    answer = Response(sheet, mimetype="text/css")
    answer.headers["Cache-Control"] = _FOR_EVER
    return answer


def _values(accent: str, grounds: tuple[str, ...]) -> str:
    plain = nearest_readable(accent, grounds)
    strong = nearest_readable(accent, grounds, 7)
    soft = mixed(grounds[1], plain, 0.1)
    return (
        f"--accent:{plain};--link:{plain};--accent-strong:{strong};"
        f"--accent-ink:{label_on(plain)};--accent-soft:{soft}"
    )
