"""The admin: where the newsroom sees what goes out, and says what does."""

from __future__ import annotations

from app.web.admin import (
    account,
    archive,
    article_form,
    articles,
    auth,
    brand,
    campaign_steps,
    campaigns,
    context,
    errors,
    home,
    mailed_links,
    preview,
    readers,
    schedules,
    source,
    sources,
    staff,
    staff_member,
    tokens,
    topics,
)
from app.web.admin.blueprint import blueprint

VIEWS = (
    account,
    archive,
    article_form,
    articles,
    auth,
    brand,
    campaign_steps,
    campaigns,
    context,
    errors,
    home,
    mailed_links,
    preview,
    readers,
    schedules,
    source,
    sources,
    staff,
    staff_member,
    tokens,
    topics,
)
"""Importing these hangs their views on the blueprint."""

__all__ = ["blueprint"]
