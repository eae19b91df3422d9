"""Builds the web application from its settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, request

from app.config import TEMPLATES, Settings, read_settings
from app.web import admin, assets, errors, i18n, row_numbers, scope, security
from app.web.api import articles as api
from app.web.mailbox import pages as mailbox
from app.web.public import routes as public

MAX_REQUEST = 2_000_000


class Site(Flask):
    """Flask, whose log names what broke by its rule: addresses hold tokens."""

    def log_exception(self, exc_info: Any) -> None:
        rule = request.url_rule.rule if request.url_rule else "an address without a rule"
        self.logger.error("Exception on %s [%s]", rule, request.method, exc_info=exc_info)


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] | None = None
) -> Flask:
    """The application. Without arguments it reads the environment, as gunicorn calls it.

    Raises `SettingsError` when a setting is missing or malformed.
    """
    settings = settings or read_settings(os.environ)
    app = Site("app.web", template_folder=str(TEMPLATES), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    row_numbers.install(app)
    scope.install(app, settings, clock)
    i18n.install(app, settings)
    security.install(app, settings)
    assets.install(app)
    errors.install(app)
    public.register(app, settings)
    app.register_blueprint(admin.blueprint)
    api.register(app, settings)
    if settings.has_mailbox:
        mailbox.register(app)
    return app
