"""The two blueprints of the public site: pages for everybody, and pages behind a reader's token."""

from __future__ import annotations

from flask import Blueprint, request

from app.usecases.consent import Origin
from app.web import security

public = Blueprint("public", __name__)

reader = Blueprint("reader", __name__)
"""Confirming, leaving and choosing: every answer, errors included, is shielded."""

reader.after_request(security.shield)


def origin(place: str) -> Origin:
    """Where this request comes from, for the consent history."""
    agent = request.headers.get("User-Agent", "")
    return Origin(place=place, ip=request.remote_addr or None, user_agent=agent)
