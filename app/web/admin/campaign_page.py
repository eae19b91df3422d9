"""The page of one campaign: what it is, how far it is, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template

from app.domain.archive import ARCHIVED
from app.store.tables import Campaign
from app.web import scope
from app.web.admin.campaign_progress import COUNTED, progress_of
from app.web.admin.campaign_report import report_facts
from app.web.admin.queries import campaign_names as names
from app.web.admin.queries import campaigns as reads
from app.web.admin.queries.content import topics
from app.web.admin.queries.deliveries import PROBLEMS, problems_of
from app.web.admin.queries.people import topic_names
from app.web.i18n import language

_SHOWN_PROBLEMS = 5


def campaign_page(campaign: Campaign, **more: Any) -> str:
    """The page of a campaign as it stands; `more` is what an action has to say."""
    session = scope.session()
    progress = progress_of(campaign)
    counts = progress.counts
    troubled = campaign.prepared_at is not None and any(
        getattr(counts, state.value) for state in PROBLEMS
    )
    facts: dict[str, Any] = {
        "campaign": campaign,
        "progress": progress,
        "counts": counts,
        "counted": COUNTED,
        "problems": problems_of(session, campaign.id, size=_SHOWN_PROBLEMS) if troubled else None,
        **content_facts(campaign),
        **list_facts([campaign]),
        **report_facts(campaign),
    }
    return render_template("admin/campaign.html", **(facts | more))


def content_facts(campaign: Campaign) -> dict[str, Any]:
    """What `_what_it_is.html` shows of a campaign beside its row."""
    session = scope.session()
    return {
        "articles": reads.articles_of(session, campaign),
        "topic_names": topic_names(topics(session), campaign.topic_mask, language()),
        "archived": [state.value for state in ARCHIVED],
    }


def list_facts(items: Iterable[Campaign]) -> dict[str, Any]:
    """What a list shows of campaigns beside their rows."""
    shown = list(items)
    return {
        "sums": reads.sums_of(scope.session(), shown),
        "subjects": names.subjects_of(scope.session(), shown),
        "schedule_names": names.schedule_names(
            scope.session(), (campaign.schedule_id for campaign in shown)
        ),
    }
