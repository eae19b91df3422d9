"""A signed note in a form of when it was drawn: programs answer faster than people can."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from app.config import Settings

MINIMUM = timedelta(seconds=2)
"""Less than it takes to read the box and press the button, even when the browser fills it in."""


def make_stamp(settings: Settings, now: datetime) -> str:
    return _serializer(settings).dumps(int(now.timestamp()))


def read_stamp(settings: Settings, text: str) -> datetime | None:
    """When the form was drawn; None for a stamp that is missing or not ours."""
    try:
        seconds = _serializer(settings).loads(text)
    except BadSignature:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _serializer(settings: Settings) -> URLSafeSerializer:
    # The last key signs, the others are believed.
    return URLSafeSerializer(list(reversed(settings.secret_keys)), salt="sign-up form")
