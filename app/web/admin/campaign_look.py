"""The look of a draft: its design, its subject and the line behind it, with the mail beside them.

The subject is suggested from the lead story; left empty, it is made from what the story is when
the campaign goes out.
"""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignKind, UncertainPolicy
from app.domain.edition import DESIGNS_FOR, Design
from app.domain.staff import Role
from app.domain.suggestion import PREHEADER_SEEN, SUBJECT_SEEN, subjects_for
from app.store.tables import Article, Campaign
from app.usecases.check_campaign import MAX_SUBJECT, InvalidCampaign, tidy
from app.usecases.compose_edition import coming_candidates
from app.usecases.draft_campaign import save_look
from app.usecases.preview_edition import mail_for_all
from app.usecases.try_subjects import SecondSubject, second_subject
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_wizard import go_on, open_draft, saved, wizard_page
from app.web.admin.forms.wizard import LookForm
from app.web.admin.preview import framed, in_scheme
from app.web.admin.queries.choosing import in_order
from app.web.admin.words import CAMPAIGN_REFUSALS

_FIELD_OF_REFUSAL = {
    "unfit_design": "design",
    "preheader_too_long": "preheader",
    "same_subject": "second_subject",
    "bad_test": "share",
}
_READ_AHEAD = 3
"""Articles whose headlines suggest a subject."""


@blueprint.route("/campaigns/<int:campaign_id>/look", methods=["GET", "POST"])
@needs(Role.AUTHOR)
def campaign_look(campaign_id: int) -> Response | tuple[str, int]:
    campaign = open_draft(campaign_id)
    form = _form(campaign)
    taken = request.form.get("take")
    if taken is not None:
        field = form.preheader if taken == "preheader" else form.subject
        field.data = request.form.get(f"suggested_{taken}", "")
    if not form.validate_on_submit():
        return _page(campaign, form), form.status
    if taken is not None:
        return _page(campaign, form), 200
    if campaign.kind is CampaignKind.ANNOUNCEMENT and not tidy(form.subject.data or ""):
        form.refuse(form.subject, CAMPAIGN_REFUSALS, "needs_subject")
        return _page(campaign, form), 400
    try:
        if not saved(
            campaign_id,
            form,
            lambda version: _save(campaign_id, version, form),
            "campaign.look",
            design=form.design.data,
        ):
            return _page(open_draft(campaign_id), form, was_changed=True), 409
    except InvalidCampaign as refusal:
        field = form[_FIELD_OF_REFUSAL.get(refusal.code, "subject")]
        form.refuse(field, CAMPAIGN_REFUSALS, refusal.code)
        return _page(campaign, form), 400
    return go_on(campaign, "campaign_look")


@blueprint.get("/campaigns/<int:campaign_id>/look/mail")
@needs(Role.AUTHOR)
def look_now(campaign_id: int) -> Response:
    """The mail as it is kept, for the frame beside the fields."""
    return _framed(open_draft(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/look/mail")
@needs(Role.AUTHOR)
def look_mail(campaign_id: int) -> Response:
    """The mail as it would be with what is typed. Keeps nothing."""
    campaign = open_draft(campaign_id)
    scope.session().expunge(campaign)
    campaign.subject = tidy(request.form.get("subject", ""))[:MAX_SUBJECT]
    campaign.preheader = tidy(request.form.get("preheader", ""))
    campaign.language = "en" if request.form.get("language") == "en" else "ar"
    fitting = {each.value: each for each in DESIGNS_FOR[campaign.kind]}
    campaign.design = fitting.get(request.form.get("design", ""), campaign.design)
    return _framed(campaign)


def _framed(campaign: Campaign) -> Response:
    mail = mail_for_all(scope.session(), scope.settings(), now=scope.now(), campaign=campaign)
    if mail is None:
        return framed(render_template("admin/wizard/nothing.html"))
    return framed(in_scheme(mail.html, "dark" if request.form.get("scheme") == "dark" else "light"))


def _form(campaign: Campaign) -> LookForm:
    second = second_subject(scope.session(), campaign.id)
    form = LookForm(
        subject=campaign.subject,
        preheader=campaign.preheader,
        design=campaign.design.value,
        language=campaign.language,
        policy=campaign.policy.value,
        public=campaign.public,
        second_subject=second.subject,
        share=second.share,
        hours=second.hours,
    )
    form.offer_designs(campaign.kind)
    form.offer_tests()
    return form


def _save(campaign_id: int, version: int, form: LookForm) -> Campaign:
    return save_look(
        scope.session(),
        campaign_id=campaign_id,
        version=version,
        design=Design(form.design.data),
        subject=form.subject.data or "",
        preheader=form.preheader.data or "",
        language=form.language.data,
        policy=UncertainPolicy(form.policy.data),
        public=form.public.data,
        second=SecondSubject(
            subject=form.second_subject.data or "",
            share=form.share.data,
            hours=form.hours.data,
        ),
    )


def _page(campaign: Campaign, form: LookForm, **more: bool) -> str:
    leads = _leads(campaign)
    return wizard_page(
        "look",
        campaign,
        form,
        suggestions=subjects_for([article.headline for article in leads], MAX_SUBJECT),
        preheader=leads[0].standfirst[: PREHEADER_SEEN * 2] if leads else "",
        subject_seen=SUBJECT_SEEN,
        preheader_seen=PREHEADER_SEEN,
        **more,
    )


def _leads(campaign: Campaign) -> list[Article]:
    """The first articles it would carry if it went out now."""
    if campaign.kind is CampaignKind.ANNOUNCEMENT:
        return []
    session = scope.session()
    coming = coming_candidates(session, campaign, now=scope.now())
    return in_order(session, coming.fresh_ids[:_READ_AHEAD])
