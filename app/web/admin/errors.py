"""The admin's error pages, with its menu around them."""

from __future__ import annotations

from flask import make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import Forbidden, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.web.admin.blueprint import blueprint
from app.web.admin.i18n import admin_domain

_OUTDATED = 400


@blueprint.errorhandler(CSRFError)
def _outdated(_error: CSRFError) -> Response:
    """The form's token is missing or old. This is found before the guard of the blueprint, so
    nobody is known to be logged in."""
    return _page(_OUTDATED)


@blueprint.errorhandler(Forbidden)
def _forbidden(error: Forbidden) -> Response:
    return _page(error.code)


@blueprint.errorhandler(NotFound)
def _not_found(error: NotFound) -> Response:
    return _page(error.code)


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Response:
    """Found before the guard too, where the form is looked into for its token."""
    return _page(error.code)


@blueprint.errorhandler(NoResultFound)
def _no_row(_error: NoResultFound) -> Response:
    """Somebody deleted it in the meantime."""
    return _page(NotFound.code)


def _page(code: int) -> Response:
    admin_domain.as_default()
    return make_response(render_template("admin/error.html", code=code), code)
