"""One member of the staff, as an owner sees them: role, closing and opening, sessions, and an
invitation that waits."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import INVITATION_LIFE, Role
from app.store.tables import Staff
from app.usecases.invite_staff import NotInvited, invite_again, withdraw_invitation
from app.usecases.manage_staff import end_everything
from app.usecases.passkeys import count_passkeys
from app.usecases.second_step import is_on
from app.usecases.staff_roles import (
    LastOwner,
    change_role,
    close_account,
    leave_only_the_password,
    reopen_account,
)
from app.usecases.staff_sessions import list_sessions
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.staff import RoleForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.people_words import ROLE_HINTS, device_words
from app.web.admin.record import audit, audit_and_warn
from app.web.admin.words import ROLES


@blueprint.get("/staff/<int:staff_id>")
@needs(Role.OWNER)
def staff_member(staff_id: int) -> Response:
    member = scope.session().get_one(Staff, staff_id)
    return _page(member, RoleForm(role=member.role.value), 200)


@blueprint.post("/staff/<int:staff_id>/role")
@needs(Role.OWNER)
def change_staff_role(staff_id: int) -> Response:
    form = RoleForm()
    member = scope.session().get_one(Staff, staff_id)
    if not form.validate_on_submit():
        return _page(member, form, 400)
    before = member.role
    try:
        change_role(scope.session(), staff_id=staff_id, role=Role(form.role.data))
    except LastOwner:
        form.role.errors = [_last_owner()]
        return _page(member, form, 409)
    if member.role is not before:
        detail = {"before": before.value, "after": member.role.value}
        scope.commit(*audit_and_warn(member, "staff.role", **detail))
    flash(gettext("The role is now: %(role)s.", role=ROLES[member.role]))
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


@blueprint.get("/staff/<int:staff_id>/close")
@needs(Role.OWNER)
def confirm_close_staff(staff_id: int) -> str:
    return render_template(
        "admin/staff_close.html", member=scope.session().get_one(Staff, staff_id)
    )


@blueprint.post("/staff/<int:staff_id>/close")
@needs(Role.OWNER)
def close_staff(staff_id: int) -> Response:
    member = scope.session().get_one(Staff, staff_id)
    try:
        close_account(scope.session(), staff_id=staff_id)
    except LastOwner:
        page = render_template("admin/staff_close.html", member=member, refused=_last_owner())
        return make_response(page, 409)
    audit("staff.close", object_type="staff", object_id=staff_id)
    scope.commit()
    flash(gettext("The account is closed."))
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


@blueprint.post("/staff/<int:staff_id>/reopen")
@needs(Role.OWNER)
def reopen_staff(staff_id: int) -> Response:
    reopen_account(scope.session(), staff_id=staff_id)
    audit("staff.reopen", object_type="staff", object_id=staff_id)
    scope.commit()
    flash(gettext("The account is open again. Its password is the one it had."))
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


@blueprint.post("/staff/<int:staff_id>/sessions/end")
@needs(Role.OWNER)
def end_staff_sessions(staff_id: int) -> Response:
    member = scope.session().get_one(Staff, staff_id)
    end_everything(scope.session(), member)
    audit("staff.end_sessions", object_type="staff", object_id=staff_id)
    scope.commit()
    flash(gettext("All sessions of this account have ended."))
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


@blueprint.post("/staff/<int:staff_id>/second-step/clear")
@needs(Role.OWNER)
def clear_second_step(staff_id: int) -> Response:
    """For somebody who has lost the phone, with the passkeys on it, and the recovery codes. Their
    sessions end too: the phone may be in other hands."""
    member = scope.session().get_one(Staff, staff_id)
    if leave_only_the_password(scope.session(), staff=member):
        scope.commit(*audit_and_warn(member, "staff.second_step_cleared"))
    flash(gettext("The password alone opens this account now. All its sessions have ended."))
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


@blueprint.post("/staff/<int:staff_id>/invite")
@needs(Role.OWNER)
def resend_invitation(staff_id: int) -> Response:
    try:
        invited, notice = invite_again(
            scope.session(), now=scope.now(), staff_id=staff_id, invited_by=current_staff()
        )
    except NotInvited:
        return _joined(staff_id)
    audit("staff.invite_again", object_type="staff", object_id=staff_id)
    scope.commit((queue.SEND_NOTICE, notice.id))
    flash(
        gettext(
            "Another invitation is on its way to %(address)s; the earlier link has ended.",
            address=invited.email,
        )
    )
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


@blueprint.post("/staff/<int:staff_id>/withdraw")
@needs(Role.OWNER)
def withdraw_staff_invitation(staff_id: int) -> Response:
    try:
        gone = withdraw_invitation(scope.session(), staff_id=staff_id)
    except NotInvited:
        return _joined(staff_id)
    audit("staff.withdraw_invitation", object_type="staff", object_id=staff_id)
    scope.commit()
    flash(gettext("The invitation of %(address)s is withdrawn.", address=gone.email))
    return redirect(url_for("admin.staff"))


def _joined(staff_id: int) -> Response:
    flash(gettext("The invitation has been accepted in the meantime."))
    return redirect(url_for("admin.staff_member", staff_id=staff_id))


def _last_owner() -> str:
    return gettext("This is the last owner. Make somebody else an owner first.")


def _page(member: Staff, form: RoleForm, status: int) -> Response:
    page = render_template(
        "admin/staff_member.html",
        member=member,
        form=form,
        role_hints=ROLE_HINTS,
        sessions=list_sessions(scope.session(), now=scope.now(), staff=member),
        device_words=device_words,
        passkeys=count_passkeys(scope.session(), member),
        second_step_on=is_on(scope.session(), member),
        host=scope.session().get(Staff, member.invited_by) if member.invited_by else None,
        invitation_ends=scope.now() - INVITATION_LIFE,
    )
    return make_response(page, status)
