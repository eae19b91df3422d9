"""The admin: where the newsroom sees what goes out, and says what does."""

from __future__ import annotations

from app.web.admin import (
    archive,
    articles,
    auth,
    brand,
    campaign_steps,
    campaigns,
    context,
    errors,
    home,
    preview,
    readers,
    schedules,
    sources,
    topics,
)
from app.web.admin.blueprint import blueprint

VIEWS = (
    archive,
    articles,
    auth,
    brand,
    campaign_steps,
    campaigns,
    context,
    errors,
    home,
    preview,
    readers,
    schedules,
    sources,
    topics,
)
"""Importing these hangs their views on the blueprint."""

__all__ = ["blueprint"]
