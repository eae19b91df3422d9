"""The admin: where the newsroom sees what goes out, and says what does."""

from __future__ import annotations

from app.web.admin import (
    account,
    approvals,
    archive,
    article_form,
    articles,
    auth,
    brand,
    campaign_steps,
    campaigns,
    context,
    errors,
    export,
    home,
    jobs,
    mailed_links,
    preview,
    reader,
    readers,
    schedule_form,
    schedules,
    segments,
    source,
    sources,
    staff,
    staff_member,
    suppressions,
    tokens,
    topics,
)
from app.web.admin.blueprint import blueprint

VIEWS = (
    account,
    approvals,
    archive,
    article_form,
    articles,
    auth,
    brand,
    campaign_steps,
    campaigns,
    context,
    errors,
    export,
    home,
    mailed_links,
    jobs,
    preview,
    reader,
    readers,
    schedule_form,
    schedules,
    segments,
    source,
    sources,
    staff,
    staff_member,
    suppressions,
    tokens,
    topics,
)
"""Importing these hangs their views on the blueprint."""

__all__ = ["blueprint"]
