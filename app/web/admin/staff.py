"""Who is on the staff: the list, and inviting somebody. What is done to one account is in
`staff_member`."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import INVITATION_LIFE, Role
from app.usecases.invite_staff import invite
from app.usecases.manage_staff import StaffExists
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.staff import InvitationForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.paging import like_pattern, paged, search_words
from app.web.admin.people_words import ROLE_HINTS
from app.web.admin.queries import staff as reads
from app.web.admin.record import audit
from app.web.i18n import language


@blueprint.get("/staff")
@needs(Role.OWNER)
def staff() -> str:
    words = search_words()
    query = reads.everybody(like_pattern(words.casefold()) if words else None)
    return render_template(
        "admin/staff.html",
        page=paged(scope.session(), query),
        words_typed=words,
        invitation_ends=scope.now() - INVITATION_LIFE,
    )


@blueprint.route("/staff/invite", methods=["GET", "POST"])
@needs(Role.OWNER)
def invite_staff() -> Response:
    form = InvitationForm(role=Role.EDITOR.value, language=language())
    if not form.validate_on_submit():
        return _form(form, form.status)
    try:
        invited, notice = invite(
            scope.session(),
            now=scope.now(),
            email=form.email.data,
            role=Role(form.role.data),
            language=form.language.data,
            invited_by=current_staff(),
        )
    except StaffExists:
        form.email.errors = [gettext("This address is on the staff already, or invited.")]
        return _form(form, 409)
    audit("staff.invite", object_type="staff", object_id=invited.id, role=invited.role.value)
    scope.commit((queue.SEND_NOTICE, notice.id))
    flash(gettext("The invitation is on its way to %(address)s.", address=invited.email))
    return redirect(url_for("admin.staff"))


def _form(form: InvitationForm, status: int) -> Response:
    page = render_template("admin/staff_invite.html", form=form, role_hints=ROLE_HINTS)
    return make_response(page, status)
