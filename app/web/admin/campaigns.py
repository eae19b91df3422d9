"""The list of campaigns, and a new one."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Campaign
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_campaigns import create_campaign
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.forms.base import choices, topic_choices
from app.web.admin.forms.campaign import CampaignForm
from app.web.admin.identity import current_staff
from app.web.admin.paging import PAGE_SIZE, like_pattern, search_words
from app.web.admin.queries import campaigns as reads
from app.web.admin.queries.content import choosable_articles, topics
from app.web.admin.record import audit
from app.web.admin.words import CAMPAIGN_REFUSALS

_ARTICLES_TO_CHOOSE = 20
_S = CampaignState
_ORDER = (
    *(_S.PREPARING, _S.SENDING, _S.PAUSED, _S.NEEDS_REVIEW, _S.SCHEDULED, _S.DRAFT),
    *(_S.FINISHED, _S.SKIPPED, _S.CANCELLED),
)
"""What may want somebody's eye comes first."""

_FIELD_OF_REFUSAL = {
    "unknown_topic": "topics",
    "unknown_article": "article",
    "needs_article": "article",
    "note_too_long": "note",
}


@blueprint.get("/campaigns")
@needs(Role.VIEWER)
def campaigns() -> str:
    """The newest first. Every state there is has a chip that shows only its campaigns."""
    chosen = next((each for each in CampaignState if each == request.args.get("state")), None)
    words = search_words()
    page = reads.campaigns(
        scope.session(),
        state=chosen,
        words_pattern=like_pattern(words) if words else None,
        older=_number("older"),
        newer=_number("newer"),
        size=PAGE_SIZE,
    )
    by_state = reads.count_by_state(scope.session())
    return render_template(
        "admin/campaigns.html",
        page=page,
        words_typed=words,
        chosen=chosen.value if chosen else "",
        chips=[(each.value, by_state[each]) for each in _ORDER if each in by_state],
        all_of_them=sum(by_state.values()),
        **list_facts(page.items),
    )


def _number(name: str) -> int | None:
    """A campaign's number in the address; nonsense is none."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number < 2**31 else None


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
