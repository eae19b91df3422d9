"""Whether a campaign's edition stands in the public archive: an editor's switch, usable before it
goes out and after."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.usecases.archive_edition import set_public
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.i18n import gettext
from app.web.admin.record import audit


@blueprint.post("/campaigns/<int:campaign_id>/archive")
@needs(Role.EDITOR)
def archive_campaign(campaign_id: int) -> Response:
    wanted = request.form.get("public")
    if wanted not in ("0", "1"):
        abort(400)
    public = wanted == "1"
    set_public(scope.session(), now=scope.now(), campaign_id=campaign_id, public=public)
    action = "campaign.show" if public else "campaign.hide"
    audit(action, object_type="campaign", object_id=campaign_id)
    scope.commit()
    if public:
        flash(gettext("The public archive shows this edition."))
    else:
        flash(gettext("The public archive does not show this edition."))
    return redirect(url_for("admin.campaign", campaign_id=campaign_id))
