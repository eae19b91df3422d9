"""Builds the web application from its settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

from flask import Flask

from app.config import TEMPLATES, Settings, read_settings
from app.web import scope


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] | None = None
) -> Flask:
    """The application. Without arguments it reads the environment, as gunicorn calls it.

    Raises `SettingsError` when a setting is missing or malformed.
    """
    settings = settings or read_settings(os.environ)
    app = Flask("app.web", template_folder=str(TEMPLATES), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        MAX_CONTENT_LENGTH=2_000_000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        TEMPLATES_AUTO_RELOAD=False,
    )
    scope.install(app, settings, clock)
    return app
