"""Error pages, in the reader's language. They touch no database, which may be what is broken."""

from __future__ import annotations

from typing import cast

from flask import Flask, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from app.web.i18n import API, site_domain
from app.web.i18n import lazy_gettext as _

_TEXTS = {
    400: (_("This request cannot be understood"), _("Please go back and try once more.")),
    403: (_("This page is closed to you"), _("Your account may not open it.")),
    404: (
        _("There is no such page"),
        _("The address may have been mistyped, or the page has moved."),
    ),
    405: (_("This page cannot be used that way"), _("Please start from the front page.")),
    410: (_("This page is gone"), _("It was here once and is no longer.")),
    413: (_("That was too much"), _("What was sent is larger than this page accepts.")),
    429: (_("That was too often"), _("Please wait a little, then try again.")),
    500: (
        _("Something went wrong on our side"),
        _("It was noted. Please try again in a few minutes."),
    ),
}

_NAMES = {404: "unknown_address", 405: "wrong_method", 413: "too_large"}
"""Stable codes for programs."""


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(SecurityError, _untrusted)


def _untrusted(_error: SecurityError) -> Response:
    """A Host header that is not ours: no page, since its links would be made for a stranger."""
    return make_response("This host is not served here.\n", 400, {"Content-Type": "text/plain"})


def _show(error: HTTPException) -> Response:
    if error.response is not None:
        return cast("Response", error.response)
    code = error.code or 500
    title, advice = _TEXTS.get(code, _TEXTS[400 if code < 500 else 500])
    if request.path.startswith(API):
        name = _NAMES.get(code, "failed")
        response = jsonify(error={"code": name, "message": f"{title}. {advice}"})
        response.status_code = code
        return response
    site_domain.as_default()
    page = render_template("public/error.html", code=code, title=title, advice=advice)
    response = make_response(page, code)
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response
