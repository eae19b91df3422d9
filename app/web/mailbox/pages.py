"""The pages under /mailbox: the list, one message, and its HTML for a sandboxed frame.

They exist only beside the embedded mail server. The mail itself is a stranger here: its HTML is
drawn in a frame of its own without scripts and without this site's origin.
"""

from __future__ import annotations

import re

from flask import Blueprint, Flask, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from app.web import scope, security
from app.web.mailbox.maildir import Mail, Maildir, entry_of

mailbox = Blueprint("mailbox", __name__)

PAGE_LENGTH = 50
VIEWS = ("html", "text", "headers")
WIDTHS = ("desktop", "phone")
SCHEMES = ("light", "dark")

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src 'self' http: https: data:; form-action 'none'; "
    "frame-ancestors 'self'"
)
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_NEW_TAB = '<base target="_blank">'


def register(app: Flask) -> None:
    app.register_blueprint(mailbox)


@mailbox.get("/mailbox")
def messages() -> str:
    wanted = request.args.get("q", "")[:200]
    paths = _maildir().paths(wanted)
    pages = max(1, -(-len(paths) // PAGE_LENGTH))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = paths[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    return render_template(
        "mailbox/list.html",
        entries=[entry_of(path) for path in shown if path.exists()],
        total=len(paths),
        wanted=wanted,
        page=page,
        pages=pages,
    )


@mailbox.get("/mailbox/<key>")
def message(key: str) -> Response:
    mail = _read(key)
    view = _one_of(VIEWS, "view")
    if view == "html" and not mail.html:
        view = "text"
    page = render_template(
        "mailbox/message.html",
        mail=mail,
        view=view,
        width=_one_of(WIDTHS, "width"),
        scheme=_one_of(SCHEMES, "scheme"),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = security.policy(frames="'self'")
    return response


@mailbox.get("/mailbox/<key>/frame")
def frame(key: str) -> Response:
    """The mail's own HTML, in the colours that were asked for, its links opening in new tabs."""
    html = _coloured(_read(key).html, _one_of(SCHEMES, "scheme"))
    opening = _HEAD.search(html)
    place = opening.end() if opening else 0
    response = make_response(html[:place] + _NEW_TAB + html[place:])
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@mailbox.get("/mailbox/<key>/source")
def source(key: str) -> Response:
    response = make_response(_read(key).source)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _maildir() -> Maildir:
    return Maildir(scope.settings().mailbox_dir)


def _read(key: str) -> Mail:
    mail = _maildir().read(key)
    if mail is None:
        abort(404)
    return mail


def _one_of(choices: tuple[str, ...], name: str) -> str:
    asked = request.args.get(name, "")
    return asked if asked in choices else choices[0]


def _coloured(html: str, scheme: str) -> str:
    """Decides the mail's colour media queries, as a mail program in that scheme would: a query
    for the scheme that is shown becomes one that always holds, the other one that never does."""

    def decide(match: re.Match[str]) -> str:
        return "(min-width: 0)" if match[1].lower() == scheme else "(max-width: 0)"

    return _PREFERS.sub(decide, html)
