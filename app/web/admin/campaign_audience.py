"""Whom a draft is for: topics, paces and a segment, with the exact count of readers.

The page itself waits for no count: what takes longer is asked for by `ask.js`, or by the button.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignKind
from app.domain.segment import EVERYBODY, InvalidSegment, Segment, from_json, to_json
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Campaign, SavedSegment
from app.usecases.check_campaign import InvalidCampaign, topics_to_mask
from app.usecases.draft_campaign import save_audience
from app.usecases.find_readers import PATIENCE, TooLong, count_audience
from app.usecases.manage_segments import list_segments
from app.web import scope
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.campaign_wizard import go_on, open_draft, saved, wizard_page
from app.web.admin.display import number, site_zone
from app.web.admin.forms.base import choices, topic_choices
from app.web.admin.forms.wizard import KEPT, AudienceForm
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.queries.content import topics
from app.web.admin.words import CAMPAIGN_REFUSALS

LONG_PATIENCE = 10_000
"""Milliseconds for whoever asks for the count, while the page stays as it is."""


@blueprint.route("/campaigns/<int:campaign_id>/audience", methods=["GET", "POST"])
@needs(Role.AUTHOR)
def campaign_audience(campaign_id: int) -> Response | tuple[str, int]:
    campaign = open_draft(campaign_id, "campaign_audience")
    form = _form(campaign)
    if not form.validate_on_submit() or request.form.get("do") == "count":
        patience = LONG_PATIENCE if "do" in request.form else PATIENCE
        return _page(campaign, form, patience), form.status if form.errors else 200
    try:
        segment, name = _segment(campaign, form)
    except InvalidSegment as refusal:  # its filter is none that this version understands
        form.refuse(form.segment, CAMPAIGN_REFUSALS, refusal.code)
        return _page(campaign, form), 400

    def save(version: int) -> Campaign:
        return save_audience(
            scope.session(),
            campaign_id=campaign_id,
            version=version,
            topics=form.topics.data or (),
            cadences=[Cadence(value) for value in form.cadences.data or ()],
            segment=segment,
            segment_name=name,
        )

    try:
        if not saved(campaign_id, form, save, "campaign.audience", segment=name):
            return _page(open_draft(campaign_id), form, was_changed=True), 409
    except InvalidCampaign as refusal:
        form.refuse(form.topics, CAMPAIGN_REFUSALS, refusal.code)
        return _page(campaign, form), 400
    return go_on(campaign, "campaign_audience")


@blueprint.get("/campaigns/<int:campaign_id>/audience/count")
@needs(Role.AUTHOR)
@passive
def audience_count(campaign_id: int) -> Response:
    """How many readers the choices in the address mean, as a line to be shown."""
    campaign = open_draft(campaign_id)
    words = _count(campaign, _form(campaign, request.args), LONG_PATIENCE)
    too_long = gettext("This takes too long to count here. The check before sending counts it.")
    return jsonify(words=words or too_long)


def _form(campaign: Campaign, typed: MultiDict[str, str] | None = None) -> AudienceForm:
    known = topics(scope.session())
    kept = list_segments(scope.session())
    values = {
        "topics": [topic.slug for topic in known if campaign.topic_mask >> topic.bit & 1],
        "cadences": list(campaign.cadences or ()),
        "segment": _chosen_segment(campaign, kept),
    }
    form = AudienceForm(typed, data=values) if typed is not None else AudienceForm(data=values)
    form.topics.choices = topic_choices(known)
    form.topics.description = (
        gettext("None chosen: articles of all topics, to each reader those that they follow.")
        if campaign.kind is CampaignKind.DIGEST
        else gettext("Readers who follow one of these. None chosen: everybody.")
    )
    offered = [("", gettext("No segment: all of them"))]
    if values["segment"] == KEPT:
        offered.append((KEPT, campaign.segment_name or gettext("The one chosen before")))
    form.segment.choices = choices([*offered, *((str(one.id), one.name) for one in kept)])
    return form


def _chosen_segment(campaign: Campaign, kept: Sequence[SavedSegment]) -> str:
    """The choice that stands for the draft's segment."""
    if not campaign.segment:
        return ""
    same = (str(one.id) for one in kept if one.filter == campaign.segment)
    return next(same, KEPT)


def _segment(campaign: Campaign, form: AudienceForm) -> tuple[Segment, str]:
    """The filter that was chosen, and its name. A campaign keeps a copy of it."""
    chosen = form.segment.data or ""
    if chosen == KEPT:
        return from_json(campaign.segment or {}), campaign.segment_name
    saved_one = scope.session().get(SavedSegment, int(chosen)) if chosen.isdecimal() else None
    return (from_json(saved_one.filter), saved_one.name) if saved_one else (EVERYBODY, "")


def _count(campaign: Campaign, form: AudienceForm, patience: int) -> str:
    """How many readers that is, in words; empty where it takes longer than `patience`."""
    try:
        wanted = Campaign(
            topic_mask=topics_to_mask(scope.session(), form.topics.data or ()),
            cadences=[Cadence(value) for value in form.cadences.data or ()] or None,
            segment=to_json(_segment(campaign, form)[0]) or None,
        )
        readers = count_audience(
            scope.session(), wanted, now=scope.now(), zone=site_zone(), patience=patience
        )
    except TooLong:
        return ""
    except (InvalidCampaign, InvalidSegment, ValueError):
        return gettext("These choices cannot be counted. Change them and count again.")
    if not readers:
        return gettext("Nobody: no active reader fits these choices.")
    words = number(readers)
    if campaign.kind in (CampaignKind.DIGEST, CampaignKind.ALERT):
        return ngettext(
            "At most one reader, who may have had it all before.",
            "At most %(number)s readers, less those who had it all before.",
            readers,
            number=words,
        )
    return ngettext("Exactly one reader.", "Exactly %(number)s readers.", readers, number=words)


def _page(campaign: Campaign, form: AudienceForm, patience: int = PATIENCE, **more: bool) -> str:
    count = _count(campaign, form, patience)
    return wizard_page("audience", campaign, form, count=count, **more)
