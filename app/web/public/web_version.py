"""The web version of an edition: a frozen mail, read in a browser.

Its address is signed and names a variant, no reader; everybody who got the variant got the same
link. The mail's links for one reader lead to the sign-up page instead, from where a reader who is
subscribed already is sent a link to topics and pace.
"""

from __future__ import annotations

import re

from flask import Response, abort

from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from app.links import BadToken
from app.store.tables import Campaign, Variant
from app.web import scope
from app.web.public.blueprint import public

POLICY = (
    "default-src 'none'; img-src 'self' https:{http}; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""Only here may styles stand in the page, as a mail needs them; nothing runs, nothing is sent."""

_A_DAY = 24 * 3600
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_OF_A_READER = re.compile(
    rf"https?://[^\s\"'<>]*/(?:{re.escape(f'u/{UNSUBSCRIBE_SLOT}')}|{re.escape(f'p/{PREFERENCES_SLOT}')})"
)


@public.get("/w/<token>")
def web_version(token: str) -> Response:
    try:
        number = scope.links().read_web_version(token)
    except BadToken:
        abort(404)
    variant = scope.session().get(Variant, number) if number < 2**63 else None
    if variant is None:
        abort(404)
    settings = scope.settings()
    language = scope.session().get_one(Campaign, variant.campaign_id).language
    page = for_everybody(variant.html, f"{settings.base_url}/subscribe?lang={language}")
    response = Response(page, mimetype="text/html")
    http = "" if settings.base_url.startswith("https://") else " http:"
    response.headers["Content-Security-Policy"] = POLICY.format(http=http)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = f"public, max-age={_A_DAY}"
    return response


def for_everybody(html: str, signup_url: str) -> str:
    """The mail as a page: its reader's links lead to `signup_url`, and the whole of it is one
    landmark for those who listen to it."""
    html = _OF_A_READER.sub(signup_url, html)
    opened, count = _BODY.subn(lambda match: f"{match[0]}\n<main>", html, count=1)
    return re.sub(r"</body>", "</main>\n</body>", opened, count=1) if count else html
