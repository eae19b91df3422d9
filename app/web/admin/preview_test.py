"""Sends what the preview shows to people of the staff, marked as a test."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import Role
from app.usecases.campaign_steps import load
from app.usecases.preview_edition import NoPreview
from app.usecases.send_test import TestRefused, request_test
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import number
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.identity import current_staff
from app.web.admin.preview import Wanted, preview_page
from app.web.admin.record import audit


@blueprint.post("/campaigns/<int:campaign_id>/test")
@needs(Role.AUTHOR)
def send_test(campaign_id: int) -> Response | str | tuple[str, int]:
    campaign = load(scope.session(), campaign_id)
    wanted = Wanted.of_request()
    try:
        notices = request_test(
            scope.session(),
            now=scope.now(),
            campaign=campaign,
            mail=wanted.shown(campaign).mail,
            staff_ids=request.form.getlist("to", type=int),
            asked_by=current_staff().id,
        )
    except NoPreview:
        return preview_page(campaign, wanted)
    except TestRefused as refusal:
        return preview_page(campaign, wanted, test_refusal=_refusal(refusal.code))
    audit("campaign.test", object_type="campaign", object_id=campaign_id, mails=len(notices))
    scope.commit(*((queue.SEND_NOTICE, notice.id) for notice in notices))
    flash(
        ngettext(
            "A test is on its way to one colleague.",
            "A test is on its way to %(number)s colleagues.",
            len(notices),
            number=number(len(notices)),
        )
    )
    return redirect(
        url_for(
            "admin.preview",
            campaign_id=campaign_id,
            variant=wanted.variant,
            reader=wanted.reader or None,
            view=wanted.view,
            scheme=wanted.scheme,
        )
    )


def _refusal(code: str) -> str:
    if code == "nobody":
        return gettext("Choose who is to get the test.")
    return gettext("Of this campaign many tests were sent in the last hour. Wait a while.")
