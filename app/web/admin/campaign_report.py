"""What became of a campaign: on its page once it has gone out, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, abort, request

from app.domain.campaign import CampaignState
from app.domain.report import Outcome, hours_from, per_hundred
from app.domain.spreadsheet import BYTE_ORDER_MARK, csv_lines
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import site_zone
from app.web.admin.hour_chart import draw_hours
from app.web.admin.queries import report as reads
from app.web.i18n import language

_HOURS_SHOWN = 48
_REPORTED = frozenset(
    {
        CampaignState.SENDING,
        CampaignState.PAUSED,
        CampaignState.NEEDS_REVIEW,
        CampaignState.FINISHED,
        CampaignState.CANCELLED,
    }
)
_COMPARED = frozenset({CampaignState.FINISHED, CampaignState.NEEDS_REVIEW})


def report_facts(campaign: Campaign) -> dict[str, Any]:
    """What the report shows; nothing before the campaign has gone out to anybody. Clicks come in
    while it sends; it is compared with others when it is over."""
    if campaign.prepared_at is None or campaign.state not in _REPORTED:
        return {"outcome": None}
    session = scope.session()
    compares = campaign.state in _COMPARED
    before = reads.previous_of(session, campaign) if compares else []
    outcome, *others = reads.outcomes_of(session, [campaign, *before])
    links = reads.links_of(session, campaign.id)
    start = campaign.started_at or campaign.prepared_at
    by_hour = hours_from(
        reads.hours_of(session, campaign.id), start=start, now=scope.now(), most=_HOURS_SHOWN
    )
    return {
        "outcome": outcome,
        "others": others,
        "links": links,
        "by_hour": by_hour,
        "hour_chart": draw_hours(by_hour.hours, rtl=language() == "ar"),
        "per_hundred": per_hundred,
        "most_people": max((link.people for link in links), default=0),
        "most_rate": _highest_rate([outcome, *others]),
        "is_over": compares or campaign.state is CampaignState.CANCELLED,
        "counts_clicks": bool(links) or scope.settings().count_clicks,
    }


def _highest_rate(outcomes: Sequence[Outcome]) -> float:
    return max((per_hundred(one.people, one.sent) or 0.0 for one in outcomes), default=0.0)


@blueprint.get("/campaigns/<int:campaign_id>/report.csv")
@needs(Role.VIEWER)
def campaign_csv(campaign_id: int) -> Response:
    """One of three tables: the campaign beside those before it, its links, its hours. Names of
    columns are English in every language, for programs that read them."""
    campaign = load(scope.session(), campaign_id)
    part = request.args.get("part", "summary")
    tables = {"summary": _summary, "links": _links, "hours": _hours}
    if part not in tables or campaign.prepared_at is None:
        abort(404)
    response = Response(BYTE_ORDER_MARK + csv_lines(tables[part](campaign)), mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="campaign-{campaign_id}-{part}.csv"'
    )
    return response


def _summary(campaign: Campaign) -> Iterable[Iterable[object]]:
    session = scope.session()
    yield (
        *("campaign", "title", "started_at", "finished_at", "readers", "sent", "refused"),
        *(
            "bounced_for_good",
            "bounced_this_time",
            "marked_as_spam",
            "left",
            "clicks",
            "clicks_of_machines",
            "seconds",
            "mails_per_second",
        ),
    )
    for one in reads.outcomes_of(session, [campaign, *reads.previous_of(session, campaign)]):
        took, rate = one.took, one.per_second
        yield (
            *(one.campaign_id, one.title, _local(one.started_at), _local(one.finished_at)),
            *(one.audience, one.sent, one.failed, one.hard, one.soft, one.complaints),
            *(one.left, one.people, one.machines),
            round(took.total_seconds()) if took is not None else None,
            round(rate, 2) if rate is not None else None,
        )


def _links(campaign: Campaign) -> Iterable[Iterable[object]]:
    yield ("title", "address", "clicks", "clicks_of_machines")
    for link in reads.links_of(scope.session(), campaign.id):
        yield (link.title, link.url, link.people, link.machines)


def _hours(campaign: Campaign) -> Iterable[Iterable[object]]:
    yield ("hour", "clicks")
    for hour, people in sorted(reads.hours_of(scope.session(), campaign.id).items()):
        yield (_local(hour), people)


def _local(moment: datetime | None) -> str | None:
    """On the site's clock, with its distance from UTC."""
    return moment.astimezone(site_zone()).isoformat(timespec="seconds") if moment else None
