"""A campaign begins: its kind is chosen, or another campaign is doubled. From here on it is a draft
that every step saves (`campaign_wizard`)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignKind
from app.domain.staff import Role
from app.store.tables import Campaign
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.draft_campaign import duplicate_campaign, save_kind, start_draft
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_wizard import go_on, open_draft, saved, wizard_page
from app.web.admin.forms.wizard import KindForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.choosing import in_order
from app.web.admin.record import audit
from app.web.admin.words import CAMPAIGN_REFUSALS


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@needs(Role.AUTHOR)
def new_campaign() -> Response | tuple[str, int]:
    form = KindForm(
        kind=request.args.get("kind", CampaignKind.DIGEST.value),
        article=request.args.get("article", ""),
    )
    if form.validate_on_submit():
        try:
            campaign = _start(form)
        except InvalidCampaign as refusal:
            form.refuse(form.kind, CAMPAIGN_REFUSALS, refusal.code)
        else:
            return redirect(url_for("admin.campaign_content", campaign_id=campaign.id))
    about = in_order(scope.session(), [form.article_id]) if form.article_id else []
    page = render_template("admin/wizard/kind.html", form=form, campaign=None, about=about)
    return page, form.status


def _start(form: KindForm) -> Campaign:
    kind = CampaignKind(form.kind.data)
    campaign = start_draft(
        scope.session(),
        now=scope.now(),
        language=scope.settings().language,
        kind=kind,
        article_id=form.article_id,
        created_by=current_staff().id,
    )
    audit("campaign.create", object_type="campaign", object_id=campaign.id, kind=kind.value)
    scope.commit()
    return campaign


@blueprint.route("/campaigns/<int:campaign_id>/kind", methods=["GET", "POST"])
@needs(Role.AUTHOR)
def campaign_kind(campaign_id: int) -> Response | tuple[str, int]:
    campaign = open_draft(campaign_id, "campaign_kind")
    form = KindForm(kind=campaign.kind.value)
    if not form.validate_on_submit():
        return wizard_page("kind", campaign, form), form.status
    kind = CampaignKind(form.kind.data)

    def save(version: int) -> Campaign:
        return save_kind(scope.session(), campaign_id=campaign_id, version=version, kind=kind)

    if not saved(campaign_id, form, save, "campaign.kind", kind=kind.value):
        return wizard_page("kind", open_draft(campaign_id), form, was_changed=True), 409
    return go_on(campaign, "campaign_kind")


@blueprint.post("/campaigns/<int:campaign_id>/duplicate")
@needs(Role.AUTHOR)
def duplicate(campaign_id: int) -> Response:
    campaign = duplicate_campaign(
        scope.session(), now=scope.now(), campaign_id=campaign_id, created_by=current_staff().id
    )
    audit("campaign.duplicate", object_type="campaign", object_id=campaign.id, of=campaign_id)
    scope.commit()
    flash(gettext("This is a new draft with the same content. The first campaign stays as it is."))
    return redirect(url_for("admin.campaign_content", campaign_id=campaign.id))
