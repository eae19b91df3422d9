"""The list of campaigns, a new one, and the page of one with its progress."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.archive import ARCHIVED
from app.domain.campaign import EDITABLE, IN_FLIGHT, CampaignKind, CampaignState, UncertainPolicy
from app.domain.edition import DESIGNS_FOR
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_campaigns import campaign_counts, create_campaign
from app.web import scope
from app.web.admin.blueprint import blueprint, needs, passive
from app.web.admin.display import number, percent
from app.web.admin.forms.base import choices, topic_choices
from app.web.admin.forms.campaign import CampaignForm, SendAtForm
from app.web.admin.identity import current_staff
from app.web.admin.paging import like_pattern, paged, search_words
from app.web.admin.queries import campaigns as reads
from app.web.admin.queries.content import choosable_articles, topics
from app.web.admin.queries.people import topic_names
from app.web.admin.record import audit
from app.web.admin.words import CAMPAIGN_REFUSALS, CAMPAIGN_STATES
from app.web.i18n import language

_ARTICLES_TO_CHOOSE = 20
_FILTERS: dict[str, tuple[CampaignState, ...]] = {
    "draft": (CampaignState.DRAFT, CampaignState.SCHEDULED),
    "live": (*IN_FLIGHT, CampaignState.NEEDS_REVIEW),
    "ended": (CampaignState.FINISHED,),
    "not_sent": (CampaignState.CANCELLED, CampaignState.SKIPPED),
}
_FIELD_OF_REFUSAL = {
    "unknown_topic": "topics",
    "unknown_article": "article",
    "needs_article": "article",
    "note_too_long": "note",
}


@blueprint.get("/campaigns")
@needs(Role.VIEWER)
def campaigns() -> str:
    chosen = request.args.get("state", "")
    words = search_words()
    query = reads.campaigns(_FILTERS.get(chosen, ()), like_pattern(words) if words else None)
    page = paged(scope.session(), query)
    return render_template(
        "admin/campaigns.html",
        page=page,
        words_typed=words,
        chosen=chosen,
        **list_facts(page.items),
    )


def list_facts(items: list[Campaign]) -> dict[str, Any]:
    """What a list shows of campaigns beside their rows."""
    ids = [campaign.id for campaign in items]
    return {
        "sums": reads.sums_of(scope.session(), ids),
        "subjects": reads.subjects_of(scope.session(), ids),
        "schedule_names": reads.schedule_names(
            scope.session(), (campaign.schedule_id for campaign in items)
        ),
    }


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@needs(Role.AUTHOR)
def new_campaign() -> Response | tuple[str, int]:
    form = CampaignForm(
        kind=request.args.get("kind", CampaignKind.DIGEST.value),
        article=request.args.get("article", type=int),
        language=scope.settings().language,
    )
    words = request.form.get("article_words", "").strip()
    found = choosable_articles(
        scope.session(),
        _ARTICLES_TO_CHOOSE,
        like_pattern(words) if words else None,
        form.article.data,
    )
    form.article.choices = choices((article.id, article.headline) for article in found)
    form.topics.choices = topic_choices(topics(scope.session()))
    shown = {"form": form, "articles": found, "article_words": words}
    if "search" in request.form:
        return render_template("admin/campaign_new.html", **shown), 200
    if not form.validate_on_submit():
        return render_template("admin/campaign_new.html", **shown), form.status
    try:
        campaign = _create(form)
    except InvalidCampaign as refusal:
        field = form[_FIELD_OF_REFUSAL.get(refusal.code, "subject")]
        form.refuse(field, CAMPAIGN_REFUSALS, refusal.code)
        return render_template("admin/campaign_new.html", **shown), 400
    return redirect(url_for("admin.campaign", campaign_id=campaign.id))


def _create(form: CampaignForm) -> Campaign:
    kind = CampaignKind(form.kind.data)
    chosen = [form.article.data] if kind is CampaignKind.ALERT and form.article.data else None
    campaign = create_campaign(
        scope.session(),
        now=scope.now(),
        language=form.language.data,
        kind=kind,
        design=form.chosen_design(),
        subject=form.subject.data or "",
        note=form.note.data or "",
        topics=form.topics.data or (),
        article_ids=chosen,
        cadences=[Cadence(value) for value in form.cadences.data or ()] or None,
        policy=UncertainPolicy(form.policy.data),
        created_by=current_staff().id,
    )
    audit("campaign.create", object_type="campaign", object_id=campaign.id, kind=kind.value)
    scope.commit()
    return campaign


@blueprint.get("/campaigns/<int:campaign_id>")
@needs(Role.VIEWER)
def campaign(campaign_id: int) -> str:
    return campaign_page(load(scope.session(), campaign_id))


def campaign_page(campaign: Campaign, **more: Any) -> str:
    """The page of a campaign as it stands; `more` is what an action has to say."""
    session = scope.session()
    facts: dict[str, Any] = {
        "campaign": campaign,
        "counts": campaign_counts(session, campaign.id),
        "problems": reads.problems_of(session, campaign.id) if campaign.prepared_at else [],
        "articles": reads.articles_of(session, campaign),
        "topic_names": topic_names(topics(session), campaign.topic_mask, language()),
        "send_at_form": SendAtForm(),
        "archived": [state.value for state in ARCHIVED],
        "designs": DESIGNS_FOR[campaign.kind] if campaign.state in EDITABLE else (),
        **list_facts([campaign]),
    }
    return render_template("admin/campaign.html", **(facts | more))


@blueprint.get("/campaigns/<int:campaign_id>/progress")
@needs(Role.VIEWER)
@passive
def campaign_progress(campaign_id: int) -> Response:
    """The moving part of the page, ready to be shown: the script only puts it in its place."""
    campaign = load(scope.session(), campaign_id)
    counts = campaign_counts(scope.session(), campaign_id)
    names = ("pending", "sent", "failed", "deferred", "skipped", "unknown")
    return jsonify(
        state=campaign.state.value,
        state_words=str(CAMPAIGN_STATES[campaign.state]),
        version=campaign.version,
        trouble=campaign.trouble,
        audience=counts.audience,
        settled=counts.settled,
        percent=percent(counts.settled, counts.audience),
        values={name: getattr(counts, name) for name in names},
        words={name: number(getattr(counts, name)) for name in names},
    )
