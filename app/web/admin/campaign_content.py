"""The content of a draft: articles picked and put in order, and the editors' words.

Every button of the page saves what is on it, so that nothing needs a script; `arrange.js` only
presses them without loading the page anew, and lets articles be dragged.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.domain.campaign import CampaignKind
from app.domain.staff import Role
from app.domain.suggestion import suggested
from app.domain.window import MAX_CANDIDATES
from app.store.tables import Article, Campaign
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.compose_edition import OwnPictures, coming_candidates
from app.usecases.draft_campaign import save_content
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_wizard import go_on, open_draft, saved, wizard_page
from app.web.admin.forms.wizard import ContentForm
from app.web.admin.i18n import gettext
from app.web.admin.paging import like_pattern
from app.web.admin.queries.choosing import Offer, in_order, offers
from app.web.admin.words import CAMPAIGN_REFUSALS

_LONGEST_SEARCH = 200


@blueprint.route("/campaigns/<int:campaign_id>/content", methods=["GET", "POST"])
@needs(Role.AUTHOR)
def campaign_content(campaign_id: int) -> Response | tuple[str, int]:
    campaign = open_draft(campaign_id)
    form = ContentForm(note=campaign.note, words=request.args.get("words", ""))
    form.words.data = (form.words.data or "").replace("\0", "").strip()[:_LONGEST_SEARCH]
    if campaign.kind is CampaignKind.ANNOUNCEMENT:
        form.note.label.text = gettext("The text of the letter")
    if not form.is_submitted():
        return _page(campaign, form, campaign.article_ids or ()), 200
    ids = _pressed(campaign, form)
    if not form.validate():
        return _page(campaign, form, ids), 400
    done = request.form.get("do", "")
    if not done and _is_bare(campaign, form, ids):
        return _page(campaign, form, ids), 400
    return _kept(campaign, form, ids, goes_on=not done)


def _kept(
    campaign: Campaign, form: ContentForm, ids: list[int], *, goes_on: bool
) -> Response | tuple[str, int]:
    number, note = campaign.id, form.note.data or ""

    def save(version: int) -> Campaign:
        return save_content(
            scope.session(), campaign_id=number, version=version, article_ids=ids, note=note
        )

    try:
        if not saved(number, form, save, "campaign.content", articles=ids):
            return _page(open_draft(number), form, ids, was_changed=True), 409
    except InvalidCampaign as refusal:
        form.refuse(form.note, CAMPAIGN_REFUSALS, refusal.code)
        return _page(campaign, form, ids), 400
    if goes_on:
        return go_on(campaign, "campaign_content")
    words = form.words.data or None
    return redirect(url_for("admin.campaign_content", campaign_id=number, words=words))


def _is_bare(campaign: Campaign, form: ContentForm, ids: list[int]) -> bool:
    """Whether the step cannot be left behind: says so beside the field."""
    if request.form.get("go") == "leave":
        return False
    if campaign.kind is CampaignKind.ANNOUNCEMENT and not (form.note.data or "").strip():
        form.refuse(form.note, CAMPAIGN_REFUSALS, "needs_note")
    elif campaign.kind is CampaignKind.ALERT and not ids:
        form.refuse(form.words, CAMPAIGN_REFUSALS, "needs_article")
    elif campaign.kind is CampaignKind.SELECTION and not ids:
        form.refuse(form.words, CAMPAIGN_REFUSALS, "needs_articles")
    return bool(form.errors)


def _pressed(campaign: Campaign, form: ContentForm) -> list[int]:
    """The articles of the page after what its buttons say: the list as it was shown, and one
    change to it ("add:7", "remove:7", "up:7", "down:7", "fill")."""
    shown = [number for number in request.form.getlist("articles", type=int) if number > 0]
    ids = [article.id for article in in_order(scope.session(), shown[: 2 * MAX_CANDIDATES])]
    deed, _, typed = request.form.get("do", "").partition(":")
    if deed == "fill":
        free = [o.choosable() for o in _offers(form) if o.article.id not in ids]
        return ids + suggested(free)
    number = int(typed) if typed.isdecimal() and len(typed) < 19 else 0
    if deed == "add":
        return [number] if campaign.kind is CampaignKind.ALERT else [*ids, number]
    if number not in ids:
        return ids
    place = ids.index(number)
    ids.remove(number)
    if deed != "remove":
        ids.insert(max(place + {"up": -1, "down": 1}.get(deed, 0), 0), number)
    return ids


def _offers(form: ContentForm) -> list[Offer]:
    words = form.words.data
    return offers(scope.session(), like_pattern(words) if words else None, now=scope.now())


def _pictures(articles: Sequence[Article]) -> dict[int, str]:
    """The addresses of our small copies of the articles' pictures, by article."""
    copies = OwnPictures(scope.session(), articles, base_url=scope.settings().base_url)
    return {article.id: copies.small(article.image_url) for article in articles}


def _page(campaign: Campaign, form: ContentForm, ids: Sequence[int], **more: bool) -> str:
    session = scope.session()
    chosen = in_order(session, ids)
    coming = []
    found: list[Offer] = []
    if campaign.kind is CampaignKind.DIGEST:
        candidates = coming_candidates(session, campaign, now=scope.now())
        coming = in_order(session, candidates.fresh_ids)
    elif campaign.kind is not CampaignKind.ANNOUNCEMENT:
        there = {article.id for article in chosen}
        found = [offer for offer in _offers(form) if offer.article.id not in there]
    return wizard_page(
        "content",
        campaign,
        form,
        chosen=chosen,
        offers=found,
        coming=coming,
        most=MAX_CANDIDATES,
        pictures=_pictures([*chosen, *(offer.article for offer in found), *coming]),
        **more,
    )
