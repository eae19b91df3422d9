"""How far a campaign is, as its page shows it and asks for it again and again.

All of it comes from the chunks' counters: a few thousand rows for a million readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, jsonify, request

from app.domain.campaign import CampaignState
from app.domain.pace import Phase, Sample, phase_of, rate_between, time_left
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.manage_campaigns import Counts, campaign_counts
from app.web import scope
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.display import ago, number, percent, span, when
from app.web.admin.i18n import gettext
from app.web.admin.queries.campaigns import Dues, dues_of
from app.web.admin.words import CAMPAIGN_STATES

COUNTED = ("sent", "pending", "deferred", "failed", "unknown", "skipped")
_SOON = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Counts, phase, and the words for how fast it goes and what is left; the words are empty
    where there is nothing to say. `sample` is what the next question brings along."""

    counts: Counts
    phase: Phase
    pace: str
    left: str
    sample: str


def progress_of(campaign: Campaign) -> Progress:
    """The progress as of the last finished group of messages. The rate is taken since the sample
    in the question, without one since the campaign began."""
    counts = campaign_counts(scope.session(), campaign.id)
    phase = phase_of(campaign.state, counts.pending)
    now = Sample(at=scope.now(), handled=counts.audience - counts.pending)
    pace = left = ""
    if campaign.state is CampaignState.SENDING:
        earlier = Sample.read(request.args.get("since", ""))
        if earlier is None and campaign.started_at is not None:
            earlier = Sample(at=campaign.started_at, handled=0)
        rate = rate_between(earlier, now) if earlier else None
        dues = dues_of(scope.session(), campaign.id)
        pace = _pace(rate)
        left = _left(counts, phase, rate, dues)
    return Progress(counts=counts, phase=phase, pace=pace, left=left, sample=now.written())


def _pace(rate: float | None) -> str:
    if not rate:
        return ""
    if rate >= 1:
        return gettext("%(number)s a second", number=number(round(rate)))
    return gettext("%(number)s a minute", number=number(max(1, round(rate * 60))))


def _left(counts: Counts, phase: Phase, rate: float | None, dues: Dues) -> str:
    """When it will be through: by the rate, or by the time of those who wait for theirs."""
    now = scope.now()
    if phase is Phase.FINISHING:
        if counts.deferred and dues.next and dues.next > now:
            return gettext("the next second try %(when)s", when=ago(dues.next))
        return gettext("the last answers are awaited")
    if dues.last and dues.last > now + _SOON:
        return gettext("the last readers' turn comes %(when)s", when=when(dues.last))
    left = time_left(counts.pending, rate)
    return gettext("about %(span)s left", span=span(left)) if left else ""


@blueprint.get("/campaigns/<int:campaign_id>/progress")
@needs(Role.VIEWER)
@passive
def campaign_progress(campaign_id: int) -> Response:
    """The moving part of the page, ready to be shown: the script only puts it in its place."""
    campaign = load(scope.session(), campaign_id)
    progress = progress_of(campaign)
    counts = progress.counts
    return jsonify(
        state=campaign.state.value,
        state_words=str(CAMPAIGN_STATES[campaign.state]),
        version=campaign.version,
        trouble=campaign.trouble,
        audience=counts.audience,
        settled=counts.settled,
        percent=percent(counts.settled, counts.audience),
        values={name: getattr(counts, name) for name in COUNTED},
        words={name: number(getattr(counts, name)) for name in COUNTED},
        phase=progress.phase.value,
        pace=progress.pace,
        left=progress.left,
        sample=progress.sample,
    )
